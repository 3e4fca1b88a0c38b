/**
 * Finding an analytics job by the name that an operator gave.
 */
import { type DeclaredJob, declaredJobs } from '../../core/declared-jobs.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'

/** The job of that name. Fails with JOB_UNKNOWN, naming those there are. */
export function findJob(pipelines: readonly Pipeline[], name: string): DeclaredJob {
  const declared = declaredJobs(pipelines)
  const found = declared.find(({ job }) => job.name === name)
  if (found) return found
  const there =
    declared.length === 0 ? 'no pipeline declares one' : `there are ${declared.map(({ job }) => job.name).join(', ')}`
  throw new SluiceError('JOB_UNKNOWN', `there is no job "${name}": ${there}`)
}
