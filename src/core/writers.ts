/**
 * What a write function writes: the records of its pipeline, and the results of each job of it.
 */
import type { AvroRecord } from './avro-codec.ts'
import { type JobDefinition, resultTable, resultTopic } from './job.ts'
import { type AnyTable, type Pipeline, writtenTopic } from './pipeline.ts'
import type { AnyTopic } from './topic.ts'

/** What a write function does with the records of one topic: it turns them into rows. */
export type Writer = {
  /** The job whose results it writes; null for the pipeline's own records. */
  readonly job: string | null
  readonly topic: AnyTopic
  readonly tables: readonly AnyTable[]
}

/** The writers of a pipeline: its own, then one for the results of each job. */
export function writersOf(pipeline: Pipeline): readonly [Writer, ...Writer[]] {
  const { tables, analytics = [] } = pipeline
  return [{ job: null, topic: writtenTopic(pipeline), tables }, ...analytics.map(resultWriter)]
}

/** What writes the results of a job to its table: the rows are the records as they are. */
function resultWriter(job: JobDefinition): Writer {
  const table = { ...resultTable(job), rows: (record: AvroRecord) => [record] }
  return { job: job.name, topic: resultTopic(job), tables: [table] }
}
