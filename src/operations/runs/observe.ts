/**
 * Watching a run until it is settled.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Announce } from '../../connect/run-bus.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { openReconciliation, type Proof } from '../../runtime/proof/reconciliation.ts'
import { judge } from '../../runtime/proof/verify-runs.ts'
import type { Clients } from '../clients.ts'
import { patiently } from '../patience.ts'
import { isProven } from './proof-text.ts'

/** What was seen of a run. Times are milliseconds since the epoch. */
export type Observation = {
  readonly proof: Proof
  /** When the first of its rows was seen to be readable; null when none was. */
  readonly firstRowAt: number | null
  /** When the proof was made that is given here. */
  readonly seenAt: number
}

const pauseMs = 50

/**
 * Watches a run until it is proven, or failed and final, or the time is over, and returns what was seen last. A service
 * that is away meanwhile is waited for. Rejects with the signal's reason once it is aborted.
 */
export async function observeRun(
  pipeline: Pipeline,
  runId: string,
  clients: Clients,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<Observation> {
  const deadline = Date.now() + deadlineMs
  const reconciliation = await patiently(() => openReconciliation(pipeline, runId, clients), deadline, signal)
  let firstRowAt: number | null = null
  try {
    for (;;) {
      const proof = await patiently(() => reconciliation.check(), deadline, signal)
      const seenAt = Date.now()
      if (proof.account.written > 0) firstRowAt ??= seenAt
      const isFailed = proof.run.state === 'failed' && reconciliation.isFinal()
      if (isProven(proof) || isFailed || seenAt > deadline) return { proof, firstRowAt, seenAt }
      signal?.throwIfAborted()
      await delay(pauseMs)
    }
  } finally {
    await reconciliation.close()
  }
}

/** As {@link observeRun}; and the verdict that the last proof allows is saved and told, without waiting for the judge. */
export async function observeVerdict(
  pipeline: Pipeline,
  runId: string,
  { clients, announce }: { readonly clients: Clients; readonly announce: Announce },
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<Observation> {
  const observation = await observeRun(pipeline, runId, clients, deadlineMs, signal)
  await judge(pipeline, observation.proof, clients, announce)
  return observation
}

/** How long a run of so many records may take to settle on a small machine: a minute, and a second per 200 records. */
export function settleDeadlineMs(records: number): number {
  return 60_000 + records * 5
}
