/**
 * The history of a pipeline's runs as the ledger has it, and doing one of them again.
 */
import type { AwsEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { type RunOutcome, type RunStanding, standingOf, type Verdict } from '../core/run-state.ts'
import type { RunSummary } from '../runtime/ingest.ts'
import { ledgerOf, type Run } from '../runtime/ledger.ts'
import { type RunHistory, runHistoryOf } from '../runtime/run-history.ts'
import type { IngestEvent } from '../runtime/run-request.ts'
import type { Clients } from './clients.ts'
import { nextTick } from './schedule-times.ts'
import { startRun } from './trigger.ts'

/** A run with how it stands. */
export type RunReport = { readonly run: Run; readonly verdict: Verdict | null; readonly standing: RunStanding }

/** States with an index of their own; the others are looked for among the latest runs. */
const indexed = ['succeeded', 'failed', 'skipped'] as const
/** How many runs are looked at for each that is asked for, as some have moved on. */
const lookedAt = 5

/** The latest runs, newest first, at most `count`; those in a state where one is given. */
export async function listRuns(
  pipeline: Pipeline,
  { cassandra }: Clients,
  { state, count }: { state: RunOutcome | null; count: number },
): Promise<RunReport[]> {
  const ledger = ledgerOf(cassandra, pipeline.name)
  const history = runHistoryOf(cassandra, pipeline.name)
  if (state === null) return reportsOf(pipeline, history, await ledger.latestRuns(count))
  const byIndex = indexed.find((each) => each === state)
  const runs = byIndex
    ? await Promise.all((await history.runsThatWere(byIndex, count * lookedAt)).map((id) => ledger.run(id)))
    : await ledger.latestRuns(count * lookedAt)
  const found = await reportsOf(
    pipeline,
    history,
    runs.filter((run) => run !== null),
  )
  return found.filter(({ standing }) => standing.state === state).slice(0, count)
}

/** The runs with schedule times from `from` up to, not including, `to` (ms since the epoch), oldest first. */
export async function runsBetween(pipeline: Pipeline, { cassandra }: Clients, from: number, to: number) {
  const history = runHistoryOf(cassandra, pipeline.name)
  return reportsOf(pipeline, history, await history.runsBetween(from, to))
}

/** One run. Fails with RUN_UNKNOWN. */
export async function showRun(pipeline: Pipeline, id: string, { cassandra }: Clients): Promise<RunReport> {
  const run = await ledgerOf(cassandra, pipeline.name).run(id)
  const [found] = run ? await reportsOf(pipeline, runHistoryOf(cassandra, pipeline.name), [run]) : []
  if (found) return found
  throw new SluiceError(
    'RUN_UNKNOWN',
    `pipeline "${pipeline.name}" has no run "${id}": see "sluice runs list ${pipeline.name}"`,
  )
}

/** When the schedule fires next, in ms since the epoch; null where it never does. */
export function nextRunAt({ source }: Pipeline, now: number): number | null {
  return nextTick(source.schedule, now)
}

/**
 * Does a run again, from where it started in the source, and waits until it published. Fails with RUN_NOT_RETRYABLE
 * where it succeeded or goes on, else with RUN_UNKNOWN or INVOKE_FAILED.
 */
export async function retryRun(
  aws: AwsEndpoint,
  pipeline: Pipeline,
  id: string,
  clients: Clients,
): Promise<RunSummary> {
  const { run, standing } = await showRun(pipeline, id, clients)
  if (standing.state === 'succeeded' || standing.state === 'running') {
    throw new SluiceError(
      'RUN_NOT_RETRYABLE',
      `run "${id}" is ${standing.state}, but only one that failed, was skipped or is late is done again`,
    )
  }
  return startRun(aws, pipeline, againEvent(run))
}

/** The event that asks for a run again: with the same time and ending of the id, it is the same run. */
export function againEvent({ id, scheduledAt, limit, seed }: Run): IngestEvent {
  return {
    id: id.slice(id.indexOf('-') + 1),
    time: new Date(scheduledAt).toISOString(),
    run: { ...(limit > 0 ? { records: limit } : {}), ...(seed === null ? {} : { seed }) },
  }
}

function reportsOf(pipeline: Pipeline, history: RunHistory, runs: readonly Run[]): Promise<RunReport[]> {
  return Promise.all(
    runs.map(async (run) => {
      const verdict = await history.verdict(run.id)
      return { run, verdict, standing: standingOf(pipeline, run, verdict, Date.now()) }
    }),
  )
}
