/**
 * The write stage: decodes records and upserts the rows that the writer's tables derive from them.
 */
import type { Client } from 'cassandra-driver'
import type { AvroRecord } from '../core/avro-codec.ts'
import { SluiceError } from '../core/errors.ts'
import type { KafkaBatchResponse, KafkaEvent } from '../core/kafka-event.ts'
import type { AnyTable, Pipeline } from '../core/pipeline.ts'
import { writersOf } from '../core/writers.ts'
import type { Connections } from './connections.ts'
import { type IncomingRecord, incomingRecords, requiredValue } from './incoming-record.ts'
import { joinByRow, type RowWrite, rowWrites } from './row-writes.ts'
import { emptyOutcome, type Outcome, settle, sortFailure } from './stage.ts'
import { executeWrites, type FailedWrite } from './table-writer.ts'
import { topicDecoder } from './topic-codec.ts'

/**
 * The handler of the write function of a pipeline, whose mappings bring the records of each writer's topic.
 * Delivery guarantees: at least once, and exactly once in effect: a row's write time follows from its record alone.
 * The answer comes after Cassandra acknowledged every row at LOCAL_QUORUM and Kafka every dead letter.
 */
export function writeHandler(pipeline: Pipeline, { registry, producer, cassandra }: Connections) {
  const writers = new Map(
    writersOf(pipeline).map(({ topic, tables }) => [topic.name, { tables, decoder: topicDecoder(topic, registry) }]),
  )
  const writerOf = ({ topic }: IncomingRecord) => {
    const found = writers.get(topic)
    if (found) return found
    // Passing, as it ends with the next deployment and no record is to be given up for it.
    throw new SluiceError(
      'TOPIC_UNKNOWN',
      `pipeline "${pipeline.name}" writes no topic "${topic}": deploy it again, or delete the mapping that reads that topic`,
    )
  }

  const writesOf = (record: IncomingRecord, tables: readonly AnyTable[], value: AvroRecord): RowWrite[] =>
    tables.flatMap((table) => rowWrites(table, record, table.rows(value)))

  return async (event: KafkaEvent): Promise<KafkaBatchResponse> => {
    const records = incomingRecords(event)
    const outcome = emptyOutcome()
    const writes: RowWrite[] = []
    for (const record of records) {
      try {
        const { decoder, tables } = writerOf(record)
        const decoded = decoder.decode(requiredValue(record))
        writes.push(...writesOf(record, tables, decoded instanceof Promise ? await decoded : decoded))
      } catch (error) {
        sortFailure(outcome, record, error)
      }
    }
    await executeInto(outcome, writes, cassandra)
    return settle(outcome, records, producer, 'write')
  }
}

async function executeInto(
  outcome: Outcome,
  writes: readonly RowWrite[],
  cassandra: Connections['cassandra'],
): Promise<void> {
  if (writes.length === 0) return
  const client = await cassandra()
  const failures = new Map<IncomingRecord, SluiceError>()
  for (const { write, error } of await executeJoined(client, writes)) {
    for (const record of write.records) if (!failures.get(record)?.retryable) failures.set(record, error)
  }
  for (const [record, error] of failures) sortFailure(outcome, record, error)
}

/** Executes the writes joined by row. Where a joined one is refused for good, its records are written one by one. */
async function executeJoined(client: Client, writes: readonly RowWrite[]): Promise<FailedWrite[]> {
  const failed = await executeWrites(client, joinByRow(writes))
  const refused = failed.filter(({ write, error }) => !error.retryable && write.records.length > 1)
  if (refused.length === 0) return failed
  const singly = await executeWrites(
    client,
    refused.flatMap(({ write }) => writes.filter(({ key }) => key === write.key)),
  )
  return [...failed.filter((each) => !refused.includes(each)), ...singly]
}
