/**
 * Watching a run until it is settled.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Pipeline } from '../core/pipeline.ts'
import type { Clients } from './clients.ts'
import { isProven } from './proof-text.ts'
import { openReconciliation, type Proof } from './reconcile.ts'

/** What was seen of a run. Times are milliseconds since the epoch. */
export type Observation = {
  readonly proof: Proof
  /** When the first of its rows was seen to be readable; null when none was. */
  readonly firstRowAt: number | null
  /** When the proof was made that is given here. */
  readonly seenAt: number
}

const pauseMs = 50

/** Watches a run until it is proven or the time is over, and returns what was seen last. */
export async function observeRun(
  pipeline: Pipeline,
  runId: string,
  clients: Clients,
  deadlineMs: number,
): Promise<Observation> {
  const reconciliation = await openReconciliation(pipeline, runId, clients)
  const deadline = Date.now() + deadlineMs
  let firstRowAt: number | null = null
  try {
    for (;;) {
      const proof = await reconciliation.check()
      const seenAt = Date.now()
      if (proof.account.written > 0) firstRowAt ??= seenAt
      if (isProven(proof) || seenAt > deadline) return { proof, firstRowAt, seenAt }
      await delay(pauseMs)
    }
  } finally {
    await reconciliation.close()
  }
}

/** How long a run of so many records may take to settle on a small machine: a minute, and a second per 200 records. */
export function settleDeadlineMs(records: number): number {
  return 60_000 + records * 5
}
