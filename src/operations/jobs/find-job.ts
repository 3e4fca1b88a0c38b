/**
 * The analytics jobs of all pipelines, and finding one by the name that an operator gave.
 */
import { SluiceError } from '../../core/errors.ts'
import type { JobDefinition } from '../../core/job.ts'
import type { Pipeline } from '../../core/pipeline.ts'

/** A job and the pipeline that declares it. */
export type DeclaredJob = { readonly job: JobDefinition; readonly pipeline: Pipeline }

/** All of them, in the order of the pipelines. */
export function declaredJobs(pipelines: readonly Pipeline[]): DeclaredJob[] {
  return pipelines.flatMap((pipeline) => (pipeline.analytics ?? []).map((job) => ({ job, pipeline })))
}

/** The job of that name. Fails with JOB_UNKNOWN, naming those there are. */
export function findJob(pipelines: readonly Pipeline[], name: string): DeclaredJob {
  const declared = declaredJobs(pipelines)
  const found = declared.find(({ job }) => job.name === name)
  if (found) return found
  const there =
    declared.length === 0 ? 'no pipeline declares one' : `there are ${declared.map(({ job }) => job.name).join(', ')}`
  throw new SluiceError('JOB_UNKNOWN', `there is no job "${name}": ${there}`)
}
