/**
 * Backfill: runs for past times of a schedule that have none, or none that succeeded.
 */
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { type IngestEvent, runRequest, tickSuffix } from '../../runtime/run-request.ts'
import { againEvent, type RunReport } from './runs.ts'
import { slotsBetween } from './schedule-times.ts'
import { startRun } from './trigger.ts'

export const backfillChoices = ['missing', 'failed', 'all'] as const
/** `missing`: times without a run. `failed`: with runs, none of which succeeded. `all`: every time, done ones again. */
export type BackfillChoice = (typeof backfillChoices)[number]

/** As long as the ledger knows of runs. */
const keptMs = 30 * 86_400_000

/** The schedule times from `from` up to, not including, `to`. Fails with ARGUMENT_INVALID unless they are past ones that the ledger knows of. */
export function backfillRange(from: number, to: number, now: number): { readonly from: number; readonly to: number } {
  if (from < to && to <= now && from > now - keptMs) return { from, to }
  throw new SluiceError(
    'ARGUMENT_INVALID',
    `${new Date(from).toISOString()} to ${new Date(to).toISOString()} is no range of the past 30 days: the ledger knows of no other`,
  )
}

/** A run to be made or done again. `at`: its schedule time in ms since the epoch; `isNew`: it never began, so that it reads on from the cursor. */
export type PlannedRun = {
  readonly run: string
  readonly at: number
  readonly because: 'missing' | 'failed' | 'asked'
  readonly isNew: boolean
  readonly event: IngestEvent
}

/**
 * What a backfill does about the schedule's times in a range, oldest first. `runs` are those in the range; one that is
 * going on keeps its time from being filled.
 */
export function planBackfill(
  pipeline: Pipeline,
  runs: readonly RunReport[],
  { from, to, choice }: { from: number; to: number; choice: BackfillChoice },
): PlannedRun[] {
  return slotsBetween(pipeline.source.schedule, from, to).flatMap((slot): PlannedRun[] => {
    const within = runs.filter(({ run }) => run.scheduledAt >= slot.from && run.scheduledAt < slot.to)
    const last = within.at(-1)
    if (!last) {
      if (choice === 'failed') return []
      const event = { id: tickSuffix, time: new Date(slot.from).toISOString(), run: {} }
      return [{ run: runRequest(event, 1).id, at: slot.from, because: 'missing', isNew: true, event }]
    }
    const states = within.map(({ standing }) => standing.state)
    if (states.includes('running')) return []
    const isDone = states.includes('succeeded')
    if (choice === 'missing' || (choice === 'failed' && isDone)) return []
    const { run, standing } = last
    const isNew = standing.state === 'skipped'
    return [{ run: run.id, at: run.scheduledAt, because: isDone ? 'asked' : 'failed', isNew, event: againEvent(run) }]
  })
}

/** What became of a planned run. */
export type BackfilledRun = PlannedRun & { readonly error: string | null }

/**
 * Does what was planned. Runs that are done again start where they started, so that `concurrency` of them go at a time;
 * new ones read on from the pipeline's cursor, and go one after another. A run that fails keeps none from being done.
 */
export async function backfill(
  aws: AwsEndpoint,
  pipeline: Pipeline,
  plan: readonly PlannedRun[],
  { concurrency, onRun }: { concurrency: number; onRun(done: BackfilledRun): void },
): Promise<void> {
  const work = async (queue: PlannedRun[]) => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const error = await startRun(aws, pipeline, next.event).then(
        () => null,
        (failure: Error) => failure.message,
      )
      onRun({ ...next, error })
    }
  }
  await work(plan.filter(({ isNew }) => isNew))
  const again = plan.filter(({ isNew }) => !isNew)
  await Promise.all(Array.from({ length: concurrency }, () => work(again)))
}
