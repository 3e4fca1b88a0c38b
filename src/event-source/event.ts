/**
 * The bytes of a Kafka event: an event is the concatenation of its records' JSON, and its size is known before any of it
 * is built. Not for choosing which records go together: see assembler.ts.
 *
 *   event  = '{"eventSource":' source ',"bootstrapServers":' string ',"records":{' part *( ',' part ) '}}'
 *   source = '"SelfManagedKafka"' | '"aws:kafka","eventSourceArn":' string
 *   part   = '"' topic '-' partition '":[' record *( ',' record ) ']'
 *   record = '{"topic":…,"partition":…,"offset":…,"timestamp":…,"timestampType":…,"key":…,"value":…,"headers":[…]' *member '}'
 *   member = ',"keySchemaMetadata":{…}' / ',"valueSchemaMetadata":{…}'
 */
import type { ConsumedHeaders, ConsumedRecord } from '../connect/kafka-consumer-port.ts'
import type { DiscardCondition } from './discard-condition.ts'

/** How an event is rendered where AWS does not document it. */
export type EventFormat = {
  /** Header bytes as −128…127 or 0…255. AWS sends signed bytes (aws-powertools/powertools-lambda-python#6862). */
  readonly headerBytes: 'signed' | 'unsigned'
  /** A null key or value is left out or written as null. Left out, as aws-powertools/powertools-lambda-typescript#5016 saw it. */
  readonly nullKeyOrValue: 'absent' | 'null'
  /** A header without a value as an empty array or as null. Empty, so that `Buffer.from` works. Unverified. */
  readonly nullHeaderValue: 'empty' | 'null'
}

/** A record as it waits for its batch. Its JSON is rendered into its event, so that a queue holds no text. */
export type QueuedRecord = {
  readonly offset: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** How many the JSON takes in UTF-8. */
  readonly bytes: number
  /** Writes the JSON at a position of an event, as many bytes as `bytes` says. */
  writeTo(event: Buffer, at: number): void
  /** As it was fetched; the JSON may hold it in another form. */
  readonly key: Buffer | null
  /** Why it is given up without an invocation; null for one that the function is to get. */
  readonly refused: DiscardCondition | null
}

/** What is said of a record besides what was fetched. */
export type RecordRemarks = Pick<QueuedRecord, 'key' | 'refused'> & {
  /** More members of its JSON, in ASCII, each with a comma before it. */
  readonly members: string
}

/** Records of one partition in ascending offset order; never empty. */
export type BatchPart = { readonly partition: number; readonly records: readonly QueuedRecord[] }

/** What goes out in one invocation: each partition at most once. */
export type Batch = readonly BatchPart[]

/** Records of a batch. */
export function recordCount(batch: Batch): number {
  return batch.reduce((sum, { records }) => sum + records.length, 0)
}

/** Renders the events of one topic. */
export type EventWriter = {
  /** The record's JSON. Topic names are ASCII without escapes, as Kafka demands. */
  queued(partition: number, record: ConsumedRecord, remarks?: RecordRemarks): QueuedRecord
  /** Bytes of the event without any part. */
  readonly frameBytes: number
  /** Bytes of a part's frame without its records, the comma in front of a further part not counted. */
  partFrameBytes(partition: number): number
  /** The event's JSON in UTF-8, in memory of its own. */
  event(batch: Batch): Buffer
}

/** What an event says of its source. `bootstrapServers` are joined by commas in the order given; MSK alone has an ARN. */
export type EventSource = {
  readonly topic: string
  readonly bootstrapServers: readonly string[]
  readonly eventSourceArn: string | null
}

/** A writer for the events of one source. */
export function eventWriter(
  { topic, bootstrapServers, eventSourceArn }: EventSource,
  format: EventFormat,
): EventWriter {
  const servers = JSON.stringify(bootstrapServers.join(','))
  const arn = JSON.stringify(eventSourceArn)
  const source = eventSourceArn === null ? '"SelfManagedKafka"' : `"aws:kafka","eventSourceArn":${arn}`
  const head = `{"eventSource":${source},"bootstrapServers":${servers},"records":{`
  const partHead = (partition: number) => `"${topic}-${partition}":[`
  const recordHead = `{"topic":"${topic}","partition":`
  const writer: EventWriter = {
    queued(partition, record, remarks) {
      const { offset, timestamp, timestampType, key, value, headers } = record
      const members = remarks?.members ?? ''
      const headersJson = headersField(headers, format)
      const before = `${recordHead}${partition},"offset":${offset},"timestamp":${timestamp},"timestampType":"${timestampType}"`
      // Only header names can hold anything but ASCII.
      const headersBytes = headersJson === '[]' ? 2 : Buffer.byteLength(headersJson)
      const bytes =
        before.length +
        fieldBytes('key', key, format) +
        fieldBytes('value', value, format) +
        headersBytes +
        members.length +
        12
      return {
        offset,
        timestamp,
        bytes,
        key: remarks ? remarks.key : key,
        refused: remarks ? remarks.refused : null,
        writeTo(event, at) {
          const fields = bytesField('key', key, format) + bytesField('value', value, format)
          event.write(`${before}${fields},"headers":${headersJson}${members}}`, at)
        },
      }
    },
    frameBytes: Buffer.byteLength(head) + 2,
    partFrameBytes: (partition) => partHead(partition).length + 1,
    event(batch) {
      // Not of the pool of small buffers, whose memory cannot be handed over to a function's thread.
      const event = Buffer.allocUnsafeSlow(eventBytes(writer, batch))
      let at = 0
      const write = (text: string) => {
        at += event.write(text, at)
      }
      for (const [index, { partition, records }] of batch.entries()) {
        write(`${index === 0 ? head : ','}${partHead(partition)}`)
        for (const [place, record] of records.entries()) {
          if (place > 0) write(',')
          record.writeTo(event, at)
          at += record.bytes
        }
        write(']')
      }
      write('}}')
      return event
    },
  }
  return writer
}

/** Size of the event that {@link EventWriter.event} builds from the batch, in bytes. */
export function eventBytes(writer: EventWriter, batch: Batch): number {
  let bytes = writer.frameBytes + batch.length - 1
  for (const { partition, records } of batch) {
    bytes += writer.partFrameBytes(partition) + records.length - 1
    for (const record of records) bytes += record.bytes
  }
  return bytes
}

function bytesField(name: 'key' | 'value', bytes: Buffer | null, format: EventFormat): string {
  if (bytes === null) return format.nullKeyOrValue === 'null' ? `,"${name}":null` : ''
  return `,"${name}":"${bytes.toString('base64')}"`
}

/** Length of what {@link bytesField} renders. */
function fieldBytes(name: 'key' | 'value', bytes: Buffer | null, format: EventFormat): number {
  if (bytes === null) return bytesField(name, null, format).length
  return name.length + 6 + 4 * Math.ceil(bytes.length / 3)
}

function headersField(headers: ConsumedHeaders, format: EventFormat): string {
  if (headers.length === 0) return '[]'
  const entries = headers.map(({ name, value }) => `{${JSON.stringify(name)}:${headerValue(value, format)}}`)
  return `[${entries.join(',')}]`
}

function headerValue(value: Buffer | null, format: EventFormat): string {
  if (value === null) return format.nullHeaderValue === 'null' ? 'null' : '[]'
  const bytes = format.headerBytes === 'signed' ? new Int8Array(value.buffer, value.byteOffset, value.length) : value
  return `[${bytes.join(',')}]`
}
