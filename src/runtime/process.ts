/**
 * The process stage: decodes records, applies the pipeline's function, produces what it returns.
 */
import type { OutgoingRecord } from '../connect/kafka-producer.ts'
import { SluiceError } from '../core/errors.ts'
import { firstPublished, formatPosition, headerNames, type RecordPosition } from '../core/headers.ts'
import type { KafkaBatchResponse, KafkaEvent } from '../core/kafka-event.ts'
import { type Pipeline, recordId } from '../core/pipeline.ts'
import { fitting } from '../core/record-size.ts'
import { checkedAlert, type RecordAlert, tellAlerts } from './alerts.ts'
import { asRecordError } from './dead-letter.ts'
import { type IncomingRecord, incomingRecords, requiredValue } from './incoming-record.ts'
import type { ProcessConnections } from './process-connections.ts'
import { recordWindows } from './record-windows.ts'
import { emptyOutcome, settle, sortFailure } from './stage.ts'
import { topicDecoder, topicEncoder } from './topic-codec.ts'

/** What a record became: the processed record, null where it was filtered, and what is to be told of it. */
type Made = { readonly record: IncomingRecord; readonly outgoing: OutgoingRecord; readonly alert: RecordAlert | null }

/**
 * The handler of a pipeline's process stage.
 * Delivery guarantees: at least once. The answer comes after the bus took every alert, and Kafka acknowledged every
 * processed record and every dead letter; processed records keep the time of their origin and name it, so that doing a
 * batch again changes no row. A record is published after its alert was taken.
 * Order per key holds unless a record fails for a passing reason; then its write time still decides.
 */
export function processHandler(pipeline: Pipeline, { registry, producer, putEvents, readBack }: ProcessConnections) {
  const { process } = pipeline
  if (!process) throw new Error(`pipeline "${pipeline.name}" has no process stage`)
  const input = topicDecoder(pipeline.topic, registry)
  const output = topicEncoder(process.topic, registry)
  const windows = process.window ? recordWindows(pipeline, process.window, input, readBack) : null

  const processed = async (record: IncomingRecord): Promise<Made | null> => {
    const value = await input.decode(requiredValue(record))
    const result = process.apply(value, windows?.before(record, value) ?? [])
    if (result === null) return null
    const key = process.topic.key(result)
    if (!key) throw new SluiceError('RECORD_KEY_MISSING', 'the processed record has no key')
    const origin = formatPosition(originOf(record, pipeline.topic.name))
    const outgoing = {
      key,
      value: output.encode(result),
      timestamp: record.timestamp,
      headers: {
        ...record.headers,
        [headerNames.origin]: origin,
        [headerNames.producedAt]: String(Date.now()),
      },
    }
    const alert = process.alert?.(result) ?? null
    const id = `${pipeline.name}/${recordId(pipeline, value)}`
    return {
      record,
      outgoing: fitting(outgoing, process.topic.name),
      alert: alert && checkedAlert({ record, event: { id, pipeline: pipeline.name, record: origin, alert } }),
    }
  }

  return async (event: KafkaEvent): Promise<KafkaBatchResponse> => {
    await output.prepare()
    const records = incomingRecords(event)
    await windows?.prepare(records)
    const outcome = emptyOutcome()
    const made: Made[] = []
    for (const record of records) {
      try {
        const result = await processed(record)
        if (result) made.push(result)
      } catch (error) {
        if (windows && asRecordError(error).retryable) {
          // The records after it would be judged without it.
          windows.forget()
          throw error
        }
        sortFailure(outcome, record, error)
      }
    }
    outcome.failed.push(
      ...(await tellAlerts(
        putEvents,
        made.flatMap(({ alert }) => alert ?? []),
      )),
    )
    const untold = new Set(outcome.failed.map(({ record }) => record))
    const told = made.filter(({ record }) => !untold.has(record))
    await producer.send(
      process.topic.name,
      told.map(({ outgoing }) => outgoing),
    )
    return settle(outcome, records, producer, 'process')
  }
}

/** The record as it was first published. An origin on another topic is not this pipeline's and counts for nothing. */
function originOf(record: IncomingRecord, topic: string): RecordPosition {
  const first = firstPublished(record)
  return first.topic === topic ? first : record
}
