/**
 * A dead letter as it stands on its topic.
 */
import type { RecordPosition } from '../../core/headers.ts'

/**
 * `waiting` until it is sent back (`redriven`) or put aside for good (`parked`); `repeated` where a later one stands for
 * the same record, which a replay, or a batch that was done again, gave up once more.
 */
export type DeadLetterState = 'waiting' | 'redriven' | 'parked' | 'repeated'

/** A dead letter and what its headers say. */
export type DeadLetter = {
  /** Where it stands, on the `.dlt` topic. */
  readonly position: RecordPosition
  /** The record that was given up; null for a fetched value that never was one. */
  readonly origin: RecordPosition | null
  readonly code: string
  readonly reason: string
  readonly stage: string
  /** Milliseconds since the epoch, of the record that was given up. */
  readonly timestamp: number
  readonly bytes: number
  /** Of the dead letter with its key and headers, or up to some tens more. */
  readonly wholeBytes: number
  /** How often the record had been redriven when it was given up. */
  readonly redrives: number
  readonly state: DeadLetterState
  /** Where it was sent; null while it waits or is repeated. */
  readonly sentTo: RecordPosition | null
}
