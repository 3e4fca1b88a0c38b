/**
 * The record headers that Sluice sets, and what each says.
 */

/** Names of the headers on records and dead letters. Values are UTF-8 text. */
export const headerNames = {
  /** The run that fetched the record. */
  run: 'sluice-run',
  /** The fetched value that the record was made from, `attempt/number`: see `valueName` in ledger.ts. */
  value: 'sluice-value',
  /** W3C trace context of the ingest. */
  trace: 'traceparent',
  /**
   * The record as it was first published on the pipeline's first topic, `topic/partition/offset`: on a processed record
   * the one that it was made from, on a redriven one the one that it repeats. Write time and accounting follow from it.
   */
  origin: 'sluice-origin',
  /** When a stage produced the record, in ms since the epoch. */
  producedAt: 'sluice-produced-at',
  /** On a dead letter, the record that was given up: `topic/partition/offset`. */
  deadLetterOrigin: 'sluice-dead-letter-origin',
  /** Why a dead letter can never be written: a code and a sentence. */
  deadLetterCode: 'sluice-dead-letter-code',
  deadLetterReason: 'sluice-dead-letter-reason',
  /** The stage that gave the record up. */
  deadLetterStage: 'sluice-dead-letter-stage',
  /** How often a record, or what it was made from, was redriven. */
  redrives: 'sluice-redrives',
  /** On a redriven or parked record, the dead letter that it was: `topic/partition/offset`. */
  redrivenFrom: 'sluice-redriven-from',
} as const

/** Where a record stands. */
export type RecordPosition = { readonly topic: string; readonly partition: number; readonly offset: number }

/** `topic/partition/offset`, the form of the origin header; a topic name has no slash. */
export function formatPosition({ topic, partition, offset }: RecordPosition): string {
  return `${topic}/${partition}/${offset}`
}

/** The position in a text of that form; null for any other text. */
export function parsePosition(text: string): RecordPosition | null {
  const [, topic = '', partition, offset] = /^([^/]+)\/(\d{1,9})\/(\d{1,15})$/.exec(text) ?? []
  return topic ? { topic, partition: Number(partition), offset: Number(offset) } : null
}

/** Headers as Kafka clients give them: a repeated header has several values. */
export type AnyHeaders = Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>

/** The text of a header; null where there is none. A repeated header gives its last value. */
export function headerText(headers: AnyHeaders, name: string): string | null {
  const values = headers[name]
  const value = Array.isArray(values) ? (values.at(-1) as Buffer | string | undefined) : values
  return value === undefined ? null : value.toString()
}

/** Where a record was first published: what its origin header names, or, without a readable one, where it stands. */
export function firstPublished(record: RecordPosition & { readonly headers: AnyHeaders }): RecordPosition {
  const { topic, partition, offset } = record
  return parsePosition(headerText(record.headers, headerNames.origin) ?? '') ?? { topic, partition, offset }
}
