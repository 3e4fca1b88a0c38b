/**
 * Judging runs: what was found of a run's records becomes its verdict in the ledger, and the bus hears of it.
 * Not for finding it out: see reconcile.ts. Not for the rules: see src/core/run-state.ts.
 */
import type { Announce } from '../connect/run-bus.ts'
import type { Account } from '../core/accounting.ts'
import { driftFigures } from '../core/drift-report.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { type Verdict, verdictOf } from '../core/run-state.ts'
import { ledgerOf, type Run } from '../runtime/ledger.ts'
import { runHistoryOf } from '../runtime/run-history.ts'
import type { Clients } from './clients.ts'
import { type Proof, reconcile } from './reconcile.ts'

/** As many as can be open at a time: more than a day of runs a quarter of an hour apart. */
const latest = 100

/**
 * Saves the verdict that a proof allows now, and tells of it; null while there is none yet. The same verdict twice is
 * told once. A bus that is away changes no verdict. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED.
 */
export async function judge(
  pipeline: Pipeline,
  { run, account }: Pick<Proof, 'run' | 'account'>,
  { cassandra }: Pick<Clients, 'cassandra'>,
  announce: Announce,
): Promise<Verdict | null> {
  const history = runHistoryOf(cassandra, pipeline.name)
  const verdict = verdictOf(pipeline, run, account, Date.now())
  if (!verdict) return null
  const before = await history.verdict(run.id)
  if (before?.attempts === run.attempts && before.state === verdict.state) return before
  await history.saveVerdict(run.id, verdict)
  const { state, error } = verdict
  const figures: Account = verdict.account
  const drift = driftFigures(run.drift)
  const event = { pipeline: pipeline.name, run: run.id, state, attempt: run.attempts, figures, drift }
  await announce({ ...event, errorCode: error?.code ?? null }).catch(() => {})
  return verdict
}

/** Judges those of the latest runs whose verdict can still come or change. Fails as reconciling does. */
export async function verifyRuns(pipeline: Pipeline, clients: Clients, announce: Announce): Promise<void> {
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const history = runHistoryOf(clients.cassandra, pipeline.name)
  for (const run of (await ledger.latestRuns(latest)).reverse()) {
    if (isOpen(run, await history.verdict(run.id))) {
      await judge(pipeline, await reconcile(pipeline, run.id, clients), clients, announce)
    }
  }
}

function isOpen({ state, attempts }: Run, verdict: Verdict | null): boolean {
  if (state === 'failed' || state === 'skipped') return false
  return verdict?.attempts !== attempts || verdict.state === 'late'
}
