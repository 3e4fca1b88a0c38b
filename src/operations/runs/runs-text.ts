/**
 * A run for people and for scripts.
 */
import { driftLines } from './drift-text.ts'
import type { RunReport } from './runs.ts'

/** A row of the list: run, state, fetched, written, what is to be looked at. */
export function runRow({ run, verdict, standing }: RunReport): string[] {
  const written = verdict ? String(verdict.account.written) : ''
  return [
    run.id,
    standing.state,
    String(run.fetched),
    written,
    [standing.error?.code, run.drift ? 'drift' : undefined].filter(Boolean).join(', '),
  ]
}

/** All that is known of a run, one line each. */
export function runLines(pipeline: string, { run, verdict, standing }: RunReport): string[] {
  const { startedAt, finishedAt, cursorBefore, cursorAfter } = run
  const line = (label: string, value: string) => `  ${label.padEnd(14)} ${value}`
  const cursor = (value: unknown) => (value === null ? 'none' : JSON.stringify(value))
  const duration = finishedAt === null ? '' : `, ingest took ${(finishedAt - startedAt).toLocaleString('en')} ms`
  const hops = verdict
    ? Object.entries(verdict.account).map(([hop, count]) => line(hop, count.toLocaleString('en')))
    : [line('fetched', run.fetched.toLocaleString('en'))]
  const { error } = standing
  const trouble = error
    ? [
        line('error', `${error.code}: ${error.message}`),
        line('what to do', `docs/runbook.md#${error.code.toLowerCase()}`),
      ]
    : []
  return [
    `${pipeline}: run ${run.id} ${standing.state}`,
    line('scheduled', new Date(run.scheduledAt).toISOString()),
    line('started', `${new Date(startedAt).toISOString()}${duration}`),
    line('attempts', String(run.attempts)),
    line('cursor', `${cursor(cursorBefore)} → ${cursor(cursorAfter)}`),
    ...hops,
    ...trouble,
    ...driftLines(run.drift).map((text) => `  ${text}`),
  ]
}

/** The same as one JSON object; times in ISO 8601, durations in ms. */
export function runJson(pipeline: string, { run, verdict, standing }: RunReport): object {
  const { id, scheduledAt, startedAt, finishedAt, attempts, fetchMs, publishMs, cursorBefore, cursorAfter } = run
  return {
    pipeline,
    run: id,
    state: standing.state,
    error: standing.error,
    scheduledAt: new Date(scheduledAt).toISOString(),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
    ...{ attempts, fetchMs, publishMs, cursorBefore, cursorAfter },
    figures: verdict?.account ?? { fetched: run.fetched },
    drift: run.drift,
  }
}
