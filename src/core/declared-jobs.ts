/**
 * The analytics jobs of all pipelines.
 */
import type { JobDefinition } from './job.ts'
import type { Pipeline } from './pipeline.ts'

/** A job and the pipeline that declares it. */
export type DeclaredJob = { readonly job: JobDefinition; readonly pipeline: Pipeline }

/** All of them, in the order of the pipelines. */
export function declaredJobs(pipelines: readonly Pipeline[]): DeclaredJob[] {
  return pipelines.flatMap((pipeline) => (pipeline.analytics ?? []).map((job) => ({ job, pipeline })))
}
