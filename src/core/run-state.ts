/**
 * How a run stands, from what its ingest came to, what was found of its records, and the time.
 * Not for finding out: see src/runtime/proof/verify-runs.ts.
 */
import type { Account } from './accounting.ts'
import type { ErrorCode } from './errors.ts'
import type { RunState } from './ledger.ts'
import type { Pipeline } from './pipeline.ts'

/**
 * `scheduled`: its time has not come. `running`: fetching, or records on their way. `succeeded`: each record is accounted
 * for. `late`: not done after the deadline; it can still succeed. `skipped`: the run before was going on.
 */
export const runOutcomes = ['scheduled', 'running', 'succeeded', 'failed', 'skipped', 'late'] as const
export type RunOutcome = (typeof runOutcomes)[number]

/** Why a run failed: a code, and a sentence without data. */
export type RunError = { readonly code: string; readonly message: string }

/** What was found of a run's records, in which of its attempts. `seenAt` in ms since the epoch. */
export type Verdict = {
  readonly state: 'succeeded' | 'failed' | 'late'
  readonly attempts: number
  readonly seenAt: number
  readonly error: RunError | null
  readonly account: Account
}

/** What is known of the ingest of a run. Times in ms since the epoch. */
export type IngestState = {
  readonly id: string
  readonly state: RunState
  readonly scheduledAt: number
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly attempts: number
  readonly error: RunError | null
}

/** How a run stands, and why if it is not well. */
export type RunStanding = { readonly state: RunOutcome; readonly error: RunError | null }

const defaultDeadlineMs = 15 * 60_000

/**
 * When a run is to be accounted for, in ms since the epoch. One that was asked for belatedly has its time from its begin
 * on, and one that was done again from the end of that.
 */
export function deadlineOf(pipeline: Pipeline, { scheduledAt, startedAt, finishedAt, attempts }: IngestState): number {
  const doneAgainAt = attempts > 1 ? (finishedAt ?? 0) : 0
  return Math.max(scheduledAt, startedAt, doneAgainAt) + timeOf(pipeline)
}

function timeOf({ source }: Pipeline): number {
  return source.deadlineMs ?? defaultDeadlineMs
}

/** How a run stands at `now`. A verdict on an attempt before the latest says nothing any more. */
export function standingOf(pipeline: Pipeline, run: IngestState, verdict: Verdict | null, now: number): RunStanding {
  if (run.state === 'failed' || run.state === 'skipped') return { state: run.state, error: run.error }
  if (run.state === 'succeeded' && verdict?.attempts === run.attempts) {
    return { state: verdict.state, error: verdict.error }
  }
  if (now <= deadlineOf(pipeline, run)) return { state: 'running', error: null }
  return { state: 'late', error: lateError(pipeline, run) }
}

/**
 * The verdict on a run, from its account at `now`; null while records may still arrive in time, and for a run that its
 * ingest failed or skipped, which needs none.
 */
export function verdictOf(pipeline: Pipeline, run: IngestState, account: Account, now: number): Verdict | null {
  const { attempts, state } = run
  if (state === 'failed' || state === 'skipped') return null
  const found = { attempts, seenAt: now, account }
  const { pending, unaccounted } = account
  if (state === 'succeeded' && unaccounted > 0) {
    const message = `${unaccounted} of ${account.fetched} fetched records are neither rows, nor filtered, nor dead letters: ${provenBy(pipeline, run)}`
    return { ...found, state: 'failed', error: error('RUN_UNRECONCILED', message) }
  }
  if (state === 'succeeded' && pending === 0) return { ...found, state: 'succeeded', error: null }
  return now > deadlineOf(pipeline, run) ? { ...found, state: 'late', error: lateError(pipeline, run) } : null
}

function lateError(pipeline: Pipeline, run: IngestState): RunError {
  const minutes = Math.round(timeOf(pipeline) / 60_000)
  return error('RUN_LATE', `it is not accounted for after ${minutes} minutes: ${provenBy(pipeline, run)}`)
}

function provenBy({ name }: Pipeline, { id }: IngestState): string {
  return `see "npm run sluice -- reconcile ${name} --run ${id}"`
}

function error(code: ErrorCode, message: string): RunError {
  return { code, message }
}
