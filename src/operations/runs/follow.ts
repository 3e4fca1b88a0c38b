/**
 * Following a pipeline: each new run is observed until it is settled, judged, and handed over once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Announce } from '../../connect/run-bus.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { ledgerOf, type Run } from '../../runtime/ledger.ts'
import type { Clients } from '../clients.ts'
import { type Observation, observeVerdict, settleDeadlineMs } from './observe.ts'

const pauseMs = 1_000
/** More runs than can begin between two looks. */
const latest = 10

/** Which runs are new: those that began at `since` (ms since the epoch) or later, but for those in `seen`; one that is done again is new again. */
export type FollowFrom = { readonly since: number; readonly seen: readonly Run[] }

/** Who is told: of a run that was observed, of a failure to look, as while a service restarts. */
export type Followers = { onRun(observation: Observation): void; onError(error: unknown): void }

/** Hands over every new run once, after it ended and settled, oldest first, until the signal aborts; looks each second. */
export async function followRuns(
  pipeline: Pipeline,
  { clients, announce }: { readonly clients: Clients; readonly announce: Announce },
  { since, seen }: FollowFrom,
  signal: AbortSignal,
  { onRun, onError }: Followers,
): Promise<void> {
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const done = new Set(seen.map(attemptOf))
  while (!signal.aborted) {
    try {
      for (const run of (await ledger.latestRuns(latest)).reverse()) {
        if (run.startedAt < since || run.finishedAt === null || done.has(attemptOf(run))) continue
        onRun(await observeVerdict(pipeline, run.id, { clients, announce }, settleDeadlineMs(run.fetched), signal))
        done.add(attemptOf(run))
      }
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    await delay(pauseMs, null, { signal }).catch(() => {})
  }
}

function attemptOf({ id, attempts }: Run): string {
  return `${id} ${attempts}`
}
