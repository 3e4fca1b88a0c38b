/**
 * The record headers that Sluice sets, and what each says.
 */

/** Names of the headers on records and dead letters. Values are UTF-8 text. */
export const headerNames = {
  /** The run that fetched the record. */
  run: 'sluice-run',
  /** W3C trace context of the ingest. */
  trace: 'traceparent',
  /** On a processed record, the record that it was made from: `topic/partition/offset`. */
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
} as const

/** Where a record stands. */
export type RecordPosition = { readonly topic: string; readonly partition: number; readonly offset: number }

/** `topic/partition/offset`, the form of the origin header; a topic name has no slash. */
export function formatPosition({ topic, partition, offset }: RecordPosition): string {
  return `${topic}/${partition}/${offset}`
}
