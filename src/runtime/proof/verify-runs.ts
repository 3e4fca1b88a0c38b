/**
 * Judging runs: what was found of a run's records becomes its verdict in the ledger, and the bus hears of it.
 * Not for finding it out: see reconciliation.ts. Not for the rules: see src/core/run-state.ts.
 */
import type { Client } from 'cassandra-driver'
import type { Announce } from '../../connect/run-bus.ts'
import type { Account } from '../../core/accounting.ts'
import { driftFigures } from '../../core/drift-report.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { type Verdict, verdictOf } from '../../core/run-state.ts'
import { ledgerOf, type Run } from '../ledger.ts'
import { runHistoryOf } from '../run-history.ts'
import type { ProofClients } from './clients.ts'
import { type Proof, reconcileRun } from './reconciliation.ts'

/** How many attempts are looked at in one start; those behind them come when these are judged. */
const mostOpen = 500

/**
 * Saves the verdict that a proof allows now, and tells of it; null while there is none yet. The same verdict twice is
 * told once. A bus that is away changes no verdict. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED.
 */
export async function judge(
  pipeline: Pipeline,
  { run, account }: Pick<Proof, 'run' | 'account'>,
  { cassandra }: Pick<ProofClients, 'cassandra'>,
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

/** The runs whose verdict can still come or change, oldest first, those without any before those that are late. */
export async function openRuns({ name }: Pipeline, cassandra: Client): Promise<Run[]> {
  const [ledger, history] = [ledgerOf(cassandra, name), runHistoryOf(cassandra, name)]
  const ids = (await history.openRuns(mostOpen)).reverse()
  const found = await Promise.all(
    ids.map(async (id) => ({ run: await ledger.run(id), verdict: await history.verdict(id) })),
  )
  const open = found.flatMap(({ run, verdict }) =>
    run && isOpen(run, verdict) ? [{ run, isJudged: verdict?.attempts === run.attempts }] : [],
  )
  const { unjudged = [], judged = [] } = Object.groupBy(open, ({ isJudged }) => (isJudged ? 'judged' : 'unjudged'))
  return [...unjudged, ...judged].map(({ run }) => run)
}

/** Judges runs one after the other, as long as `goesOn` says so. Fails as reconciling does, at the first that cannot be judged. */
export async function judgeRuns(
  pipeline: Pipeline,
  runs: readonly Run[],
  clients: ProofClients,
  announce: Announce,
  goesOn: () => boolean,
): Promise<void> {
  for (const { id } of runs) {
    if (!goesOn()) return
    await judge(pipeline, await reconcileRun(pipeline, id, clients), clients, announce)
  }
}

function isOpen({ state, attempts }: Run, verdict: Verdict | null): boolean {
  if (state === 'failed' || state === 'skipped') return false
  return verdict?.attempts !== attempts || verdict.state === 'late'
}
