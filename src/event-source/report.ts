/**
 * What the poller tells about itself as it happens.
 * Not for printing or counting it, nor for how a mapping stands: see mapping-status.ts.
 */
import type { DiscardCondition } from './discard-condition.ts'

/** AWS's states of a mapping; and, since AWS's pollers never end, those of one whose poller ends here or has ended. */
export type MappingState =
  | 'Creating'
  | 'Enabling'
  | 'Enabled'
  | 'Disabling'
  | 'Disabled'
  | 'Updating'
  | 'Deleting'
  | 'Stopping'
  | 'Stopped'

/** How one invocation ended; `undelivered` means the function was not reached, as far as one can know. */
export type InvocationOutcome = 'success' | 'partial' | 'function-error' | 'undelivered'

/** Something that happened to the mapping with that id. Times in ms, sizes in bytes. */
export type PollerEvent = { readonly mapping: string } & (
  | { readonly type: 'state'; readonly state: MappingState; readonly result: string }
  | { readonly type: 'assigned'; readonly partitions: readonly number[] }
  | { readonly type: 'polled'; readonly partition: number; readonly records: number; readonly filtered: number }
  | {
      readonly type: 'invoked'
      readonly outcome: InvocationOutcome
      readonly records: number
      readonly failed: number
      readonly partitions: readonly number[]
      readonly bytes: number
      readonly ms: number
      /** Function errors of this batch before; 0 at its first attempt. */
      readonly attempt: number
      readonly requestId: string | null
    }
  | { readonly type: 'retry'; readonly records: number; readonly delayMs: number; readonly reason: string }
  /** Records that were given up: the destination has them, or there is none. */
  | {
      readonly type: 'dropped'
      readonly records: number
      readonly condition: DiscardCondition
      readonly delivered: boolean
    }
  | { readonly type: 'destination-failed'; readonly records: number; readonly reason: string }
  | { readonly type: 'commit'; readonly offsets: ReadonlyMap<number, number>; readonly records: number }
  | { readonly type: 'commit-failed'; readonly reason: string }
  /** The schema registry failed in something that is tried again. */
  | { readonly type: 'registry-failed'; readonly reason: string }
  /** A record's schema is unknown, or its bytes are not of it. */
  | {
      readonly type: 'undecodable'
      readonly partition: number
      readonly offset: number
      readonly condition: DiscardCondition
      readonly action: 'hold' | 'discard' | 'destination'
    }
  /** Kafka failed in something that is tried again. */
  | { readonly type: 'polling-failed'; readonly reason: string }
  /** The mapping runs, but AWS would not run it so. */
  | { readonly type: 'warning'; readonly reason: string }
  /** The deployed mappings could not be read; those known go on. `mapping` is empty. */
  | { readonly type: 'watch-failed'; readonly reason: string }
  /** All of the mapping's range is settled; only of a mapping that has one, once. */
  | { readonly type: 'ended' }
  | { readonly type: 'scaled'; readonly pollers: number; readonly lag: number }
  /** The records from `from` to `to` are gone from the log, or the topic is a new one. */
  | { readonly type: 'moved'; readonly partition: number; readonly from: number; readonly to: number }
  | {
      readonly type: 'oversized'
      readonly partition: number
      readonly offset: number
      readonly bytes: number
      readonly action: 'hold' | 'discard' | 'destination'
    }
)

/** Receives events; what it throws is dropped, since a report must not stop a delivery. */
export type Report = (event: PollerEvent) => void
