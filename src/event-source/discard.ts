/**
 * What becomes of records that are given up: their on-failure destination takes them, or they are dropped.
 * Not for deciding that: see failure.ts.
 */
import { fullJitter, pause } from './backoff.ts'
import type { OnFailureDestination } from './destination/destination.ts'
import type { DiscardCondition } from './discard-condition.ts'
import { type Batch, recordCount } from './event.ts'
import type { Invocation } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import type { Report } from './report.ts'
import type { PollerSettings } from './settings.ts'

/** What a discard works with, and whom it tells. */
export type DiscardContext = {
  readonly mapping: Mapping
  readonly destination: OnFailureDestination | null
  readonly settings: PollerSettings
  readonly report: Report
  readonly stopping: AbortSignal
  isOwned(partition: number): boolean
  onResult(problem: string | null): void
}

/** Why records are given up, and what came before. */
export type DiscardReason = {
  readonly condition: DiscardCondition
  readonly invocations: number
  readonly lastInvocation: Invocation | null
}

/**
 * Answers the records that are done with: those that the destination has taken, or all when there is none.
 * A destination that fails is tried again without end, so that nothing is committed that it does not have; when the
 * poller stops meanwhile or the partitions are lost, the records count as not done with. Never rejects.
 */
export async function discard(batch: Batch, reason: DiscardReason, context: DiscardContext): Promise<Batch> {
  const { mapping, destination, settings, report, stopping, isOwned, onResult } = context
  const { condition } = reason
  for (let failures = 1; ; failures += 1) {
    const owned = batch.filter(({ partition }) => isOwned(partition))
    if (owned.length === 0 || (destination !== null && stopping.aborted)) return []
    const records = recordCount(owned)
    if (destination === null) {
      report({ type: 'dropped', mapping: mapping.id, records, condition, delivered: false })
      return owned
    }
    try {
      await destination.send({ ...reason, batch: owned })
      report({ type: 'dropped', mapping: mapping.id, records, condition, delivered: true })
      return owned
    } catch (error) {
      const { message } = error as Error
      report({ type: 'destination-failed', mapping: mapping.id, records, reason: message })
      onResult(`the on-failure destination did not take ${records} records: ${message}`)
      await pause(fullJitter(failures, settings.retryBackoff), stopping)
    }
  }
}
