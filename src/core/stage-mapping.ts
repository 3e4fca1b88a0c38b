/**
 * The event source mappings of a pipeline: which topic starts which function, and by which consumer group it is read.
 * Not for what can be set on one: see event-source-mapping.ts.
 */
import { consumerGroup, functionName } from './names.ts'
import type { Pipeline } from './pipeline.ts'
import type { AnyTopic } from './topic.ts'
import { writersOf } from './writers.ts'

/** A mapping of a pipeline. */
export type StageMapping = {
  /** The consumer group, which also names the mapping. */
  readonly id: string
  /** What tells it from the others of its pipeline: the stage, or the job whose results it writes. */
  readonly label: string
  readonly stage: 'process' | 'write'
  readonly topic: AnyTopic
  readonly functionName: string
}

/** The mappings of a pipeline in the order of the flow. The write function has one for each topic that it writes. */
export function stageMappings(pipeline: Pipeline): StageMapping[] {
  const { name, topic, process } = pipeline
  const mapping = (stage: StageMapping['stage'], from: AnyTopic, job: string | null): StageMapping => ({
    id: consumerGroup(job === null ? name : `${name}-${job}`, stage),
    label: job ?? stage,
    stage,
    topic: from,
    functionName: functionName(name, stage),
  })
  return [
    ...(process ? [mapping('process', topic, null)] : []),
    ...writersOf(pipeline).map((writer) => mapping('write', writer.topic, writer.job)),
  ]
}
