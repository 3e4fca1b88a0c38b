/**
 * Records of a Kafka event, with their bytes back: null, absent and empty keys and values made one, headers as buffers.
 */
import { SluiceError } from '../core/errors.ts'
import type { RecordPosition } from '../core/headers.ts'
import type { KafkaEvent, KafkaEventRecord } from '../core/kafka-event.ts'

/** Headers by name; a repeated header has several values. */
export type IncomingHeaders = Readonly<Record<string, Buffer[]>>

/** One record as a stage reads it. */
export type IncomingRecord = RecordPosition & {
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** Null where the record has no key; an empty key counts as none. */
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: IncomingHeaders
}

/** All records of an event, partition by partition, in offset order. */
export function incomingRecords(event: KafkaEvent): IncomingRecord[] {
  return Object.values(event.records).flatMap((records) => records.map(incomingRecord))
}

function incomingRecord({
  topic,
  partition,
  offset,
  timestamp,
  key,
  value,
  headers,
}: KafkaEventRecord): IncomingRecord {
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key ? Buffer.from(key, 'base64') : null,
    value: typeof value === 'string' ? Buffer.from(value, 'base64') : null,
    headers: incomingHeaders(headers),
  }
}

const noHeaders: IncomingHeaders = Object.freeze(Object.create(null))

function incomingHeaders(headers: KafkaEventRecord['headers'] | undefined): IncomingHeaders {
  if (!headers || headers.length === 0) return noHeaders
  // Without a prototype, as a header may have any name, "constructor" included.
  const byName: Record<string, Buffer[]> = Object.create(null)
  for (const header of headers) {
    for (const [name, bytes] of Object.entries(header)) {
      byName[name] ??= []
      byName[name].push(Buffer.from(bytes ?? []))
    }
  }
  return byName
}

/** The value of a record that must have a key and a value. Fails with RECORD_KEY_MISSING or RECORD_VALUE_MISSING. */
export function requiredValue({ key, value }: IncomingRecord): Buffer {
  if (key === null) throw new SluiceError('RECORD_KEY_MISSING', 'the record has no key')
  if (value === null) throw new SluiceError('RECORD_VALUE_MISSING', 'the record has no value')
  return value
}
