/**
 * The process stage: decodes records, applies the pipeline's function, produces what it returns.
 */
import type { OutgoingRecord } from '../connect/kafka-producer.ts'
import { SluiceError } from '../core/errors.ts'
import { firstPublished, formatPosition, headerNames, type RecordPosition } from '../core/headers.ts'
import type { KafkaBatchResponse, KafkaEvent } from '../core/kafka-event.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { fitting } from '../core/record-size.ts'
import type { Connections } from './connections.ts'
import { type IncomingRecord, incomingRecords, requiredValue } from './incoming-record.ts'
import { emptyOutcome, settle, sortFailure } from './stage.ts'
import { topicDecoder, topicEncoder } from './topic-codec.ts'

/**
 * The handler of a pipeline's process stage.
 * Delivery guarantees: at least once. The answer comes after Kafka acknowledged every processed record and every dead
 * letter; processed records keep the time of their origin and name it, so that doing a batch again changes no row.
 * Order per key holds unless a record fails for a passing reason; then its write time still decides.
 */
export function processHandler(pipeline: Pipeline, { registry, producer }: Connections) {
  const { process } = pipeline
  if (!process) throw new Error(`pipeline "${pipeline.name}" has no process stage`)
  const input = topicDecoder(pipeline.topic, registry)
  const output = topicEncoder(process.topic, registry)

  const processed = async (record: IncomingRecord): Promise<OutgoingRecord | null> => {
    const result = process.apply(await input.decode(requiredValue(record)))
    if (result === null) return null
    const key = process.topic.key(result)
    if (!key) throw new SluiceError('RECORD_KEY_MISSING', 'the processed record has no key')
    const made = {
      key,
      value: output.encode(result),
      timestamp: record.timestamp,
      headers: {
        ...record.headers,
        [headerNames.origin]: formatPosition(originOf(record, pipeline.topic.name)),
        [headerNames.producedAt]: String(Date.now()),
      },
    }
    return fitting(made, process.topic.name)
  }

  return async (event: KafkaEvent): Promise<KafkaBatchResponse> => {
    await output.prepare()
    const records = incomingRecords(event)
    const outcome = emptyOutcome()
    const outgoing: OutgoingRecord[] = []
    for (const record of records) {
      try {
        const result = await processed(record)
        if (result) outgoing.push(result)
      } catch (error) {
        sortFailure(outcome, record, error)
      }
    }
    await producer.send(process.topic.name, outgoing)
    return settle(outcome, records, producer, 'process')
  }
}

/** The record as it was first published. An origin on another topic is not this pipeline's and counts for nothing. */
function originOf(record: IncomingRecord, topic: string): RecordPosition {
  const first = firstPublished(record)
  return first.topic === topic ? first : record
}
