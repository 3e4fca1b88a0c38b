/**
 * What an ingest is asked to do: read from the event of the schedule's rule, or from an operator's.
 */

import { SluiceError } from '../core/errors.ts'
import type { RunRequest } from '../core/ledger.ts'

/** The event of an EventBridge rule with a schedule, or of an operator, who may give `run`. */
export type IngestEvent = {
  /** Unique per firing of the rule; the same when it is delivered twice. */
  readonly id: string
  /** ISO 8601: when the rule fired. */
  readonly time: string
  readonly run?: { readonly records?: number; readonly seed?: string }
}

/**
 * The run that an event asks for. Its id is the time and the beginning of the event's id, so that it sorts by time and
 * a firing that is delivered twice is one run. Fails with ARGUMENT_INVALID.
 */
export function runRequest({ id, time, run = {} }: IngestEvent, recordsPerRun: number): RunRequest {
  const scheduledAt = Date.parse(time)
  if (typeof id !== 'string' || id === '' || Number.isNaN(scheduledAt)) {
    throw new SluiceError(
      'ARGUMENT_INVALID',
      'the event must have an "id" and an ISO 8601 "time", as a schedule\'s has',
    )
  }
  const limit = run.records ?? recordsPerRun
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new SluiceError(
      'ARGUMENT_INVALID',
      `run.records is ${JSON.stringify(limit)}, but a whole number from 1 is needed`,
    )
  }
  const stamp = new Date(scheduledAt).toISOString().replace(/[-:]|\.\d+/g, '')
  return { id: `${stamp}-${id.slice(0, 8)}`, scheduledAt, limit, seed: run.seed ?? null }
}
