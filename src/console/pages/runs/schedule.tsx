/**
 * The schedule of a pipeline: when it fires next, and whether it is to.
 */
import type { PipelineFlow } from '../../../operations/flow/flow.ts'
import { answered } from '../../client.ts'
import { api, useChange } from '../ask.ts'
import { duration } from '../format.ts'
import { useNow } from '../shell/clock.ts'

/** How a schedule reads: `rate(1 minute)` as people say it. */
export function scheduleText(schedule: string): string {
  return schedule.replace(/^rate\((.*)\)$/, 'every $1').replace('every 1 ', 'every ')
}

/** How long until the schedule fires, counting down; or that it is paused. */
export function NextRun({ flow: { isPaused, nextRunAt } }: { flow: PipelineFlow }) {
  const now = useNow()
  if (isPaused) return <span class="next-run">paused</span>
  if (nextRunAt === null) return <span class="next-run">never again</span>
  const date = new Date(nextRunAt)
  return (
    <time class="next-run" dateTime={date.toISOString()} title={date.toISOString()}>
      next {untilText(nextRunAt - now)}
    </time>
  )
}

function untilText(ms: number): string {
  if (ms <= 0) return 'now'
  return `in ${ms < 60_000 ? `${Math.ceil(ms / 1_000)} s` : duration(ms)}`
}

/** Pauses the schedule, or lets it go on. */
export function PauseButton({ flow: { pipeline, isPaused } }: { flow: PipelineFlow }) {
  const change = useChange((wanted: boolean) =>
    answered(api.pipelines[':pipeline'].schedule.$post({ param: { pipeline }, json: { isPaused: wanted } })),
  )
  const verb = isPaused ? 'Resume' : 'Pause'
  return (
    <>
      <button
        type="button"
        disabled={change.isRunning}
        aria-label={`${verb} the schedule of ${pipeline}`}
        onClick={() => change.run(!isPaused)}
      >
        {verb}
      </button>
      {change.error && (
        <span class="is-bad" role="alert">
          {change.error.message}
        </span>
      )}
    </>
  )
}
