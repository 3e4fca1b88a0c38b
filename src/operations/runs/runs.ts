/**
 * The history of a pipeline's runs as the ledger has it, and doing one of them again.
 */
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { type RunOutcome, type RunStanding, standingOf, type Verdict } from '../../core/run-state.ts'
import type { RunSummary } from '../../runtime/ingest.ts'
import { ledgerOf, type Run, runUnknown } from '../../runtime/ledger.ts'
import { type RunHistory, runHistoryOf } from '../../runtime/run-history.ts'
import { type IngestEvent, tickSuffix } from '../../runtime/run-request.ts'
import type { Clients } from '../clients.ts'
import { nextTick } from './schedule-times.ts'
import { startRun } from './trigger.ts'

/** A run with how it stands. */
export type RunReport = { readonly run: Run; readonly verdict: Verdict | null; readonly standing: RunStanding }

/** States with an index of their own; the others are looked for among the latest runs. */
const indexed = ['succeeded', 'failed', 'skipped'] as const
/** How many runs are looked at for each that is asked for, as some have moved on. */
const lookedAt = 5

/** Which runs: those that stand so, and with schedule times in a range (ms since the epoch, `to` not included); all for null. */
export type RunQuery = {
  readonly state: RunOutcome | null
  readonly between: { readonly from: number; readonly to: number } | null
  readonly count: number
}

/** The latest runs that are asked for, newest first, at most `count`. */
export async function listRuns(
  pipeline: Pipeline,
  clients: Clients,
  { state, between, count }: RunQuery,
): Promise<RunReport[]> {
  const { cassandra } = clients
  if (between) {
    const found = await runsBetween(pipeline, clients, between.from, between.to)
    const wanted = found.filter(({ standing }) => state === null || standing.state === state)
    return wanted.reverse().slice(0, count)
  }
  const ledger = ledgerOf(cassandra, pipeline.name)
  const history = runHistoryOf(cassandra, pipeline.name)
  if (state === null) return reportsInARow(pipeline, history, await ledger.latestRuns(count))
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
  return reportsInARow(pipeline, history, await history.runsBetween(from, to))
}

/** One run. Fails with RUN_UNKNOWN. */
export async function showRun(pipeline: Pipeline, id: string, { cassandra }: Clients): Promise<RunReport> {
  const run = await ledgerOf(cassandra, pipeline.name).run(id)
  const [found] = run ? await reportsOf(pipeline, runHistoryOf(cassandra, pipeline.name), [run]) : []
  if (found) return found
  throw runUnknown(pipeline.name, id)
}

/**
 * When the schedule fires next, in ms since the epoch; null where it never does. `latest` are runs newest first: a rate
 * counts on from its latest tick, and without one is known to its period only.
 */
export function nextRunAt({ source }: Pipeline, now: number, latest: readonly Run[]): number | null {
  const tick = latest.find(({ id }) => id.endsWith(`-${tickSuffix}`))
  return nextTick(source.schedule, now, tick?.scheduledAt ?? 0)
}

/** Which pipelines have a run of that id, each with how it stands: ticks of several schedules can share one. */
export async function runsNamed(
  pipelines: readonly Pipeline[],
  id: string,
  { cassandra }: Clients,
): Promise<{ readonly pipeline: string; readonly state: RunOutcome }[]> {
  const found = await Promise.all(
    pipelines.map(async (pipeline) => {
      const run = await ledgerOf(cassandra, pipeline.name).run(id)
      const reports = await reportsOf(pipeline, runHistoryOf(cassandra, pipeline.name), run ? [run] : [])
      return reports.map(({ standing: { state } }) => ({ pipeline: pipeline.name, state }))
    }),
  )
  return found.flat()
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
  if (!isRetryable(standing)) {
    throw new SluiceError(
      'RUN_NOT_RETRYABLE',
      `run "${id}" is ${standing.state}, but only one that failed, was skipped or is late is done again`,
    )
  }
  return startRun(aws, pipeline, againEvent(run))
}

/**
 * How long a run's ingest took, in ms; null while it goes on. Of one that was done again it is what its latest attempt
 * spent on source and Kafka, as the ledger keeps the begin of the first.
 */
export function tookMs({ startedAt, finishedAt, attempts, fetchMs, publishMs }: Run): number | null {
  if (finishedAt === null) return null
  return attempts > 1 ? fetchMs + publishMs : finishedAt - startedAt
}

/** Whether a run that stands so can be done again. */
export function isRetryable({ state }: RunStanding): boolean {
  return state !== 'succeeded' && state !== 'running'
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
  return Promise.all(runs.map(async (run) => reportOf(pipeline, run, await history.verdict(run.id))))
}

/** The reports of runs without a gap between them: one read of all their verdicts. */
async function reportsInARow(pipeline: Pipeline, history: RunHistory, runs: readonly Run[]): Promise<RunReport[]> {
  const verdicts = await history.verdictsAmong(runs.map(({ id }) => id))
  return runs.map((run) => reportOf(pipeline, run, verdicts.get(run.id) ?? null))
}

function reportOf(pipeline: Pipeline, run: Run, verdict: Verdict | null): RunReport {
  return { run, verdict, standing: standingOf(pipeline, run, verdict, Date.now()) }
}
