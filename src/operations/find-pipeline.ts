/**
 * Finding a pipeline by the name that an operator gave.
 */
import { SluiceError } from '../core/errors.ts'
import type { Pipeline } from '../core/pipeline.ts'

/** The pipeline of that name. Fails with PIPELINE_UNKNOWN, naming those there are. */
export function findPipeline(pipelines: readonly Pipeline[], name: string): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name)
  if (found) return found
  const names = pipelines.map((pipeline) => pipeline.name).join(', ')
  throw new SluiceError('PIPELINE_UNKNOWN', `there is no pipeline "${name}": there are ${names}`)
}
