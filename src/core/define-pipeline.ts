/**
 * Declaring a pipeline: the one function that a file of pipelines/ calls.
 */
import type { AvroRecordSchema } from './avro-schema.ts'
import type { Pipeline, PipelineDefinition } from './pipeline.ts'
import { checkPipeline } from './pipeline-rules.ts'
import type { Columns } from './table.ts'

/** Checks a definition and gives it the form that the rest of Sluice uses. Fails with PIPELINE_INVALID, naming field and rule. */
export function definePipeline<
  Answer,
  Value,
  const S extends AvroRecordSchema,
  const C extends readonly Columns[],
  const P extends AvroRecordSchema = never,
>(definition: PipelineDefinition<Answer, Value, S, P, C>): Pipeline {
  const pipeline = definition as unknown as Pipeline
  // Left out of functions by cdk/bundle.ts: what is deployed was checked when it was synthesized.
  RULES: checkPipeline(pipeline)
  return pipeline
}
