/**
 * What an ingest is asked to do: read from the event of the schedule's rule, or from an operator's.
 */

import { SluiceError } from '../core/errors.ts'
import { type RunRequest, runStamp } from '../core/ledger.ts'

/** How ids of runs end that the schedule asks for. */
export const tickSuffix = 'schedule'

/** The event of an EventBridge rule with a schedule, or of an operator, who may give `run`. */
export type IngestEvent = {
  /** Unique per firing of the rule; the same when it is delivered twice. */
  readonly id: string
  /** ISO 8601: when the rule fired. */
  readonly time: string
  readonly run?: { readonly records?: number; readonly seed?: string }
}

/**
 * The run that an event asks for. Its id sorts by time. A tick of the schedule is named by its time alone, as EventBridge
 * can fire a rule twice for one time; what an operator asks for also by the beginning of the event's id, so that an
 * operator's event with the id `schedule` asks for the run of a tick. Fails with ARGUMENT_INVALID.
 */
export function runRequest({ id, time, run: asked }: IngestEvent, recordsPerRun: number): RunRequest {
  const run = asked ?? {}
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
  const isTick = asked === undefined
  return {
    id: `${runStamp(scheduledAt)}-${isTick ? tickSuffix : id.slice(0, tickSuffix.length)}`,
    scheduledAt,
    limit,
    seed: run.seed ?? null,
    isTick,
  }
}
