/**
 * Runs: a grid for each pipeline, or for one, by state and time.
 */
import { useEffect, useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso'
import { type RunOutcome, runOutcomes } from '../../../core/run-state.ts'
import type { PipelineFlow } from '../../../operations/flow/flow.ts'
import { answered } from '../../client.ts'
import { api, useAgainOn, useAnswer, useChange } from '../ask.ts'
import { many } from '../format.ts'
import { PageHead } from '../parts/page-head.tsx'
import { runPath } from '../parts/paths.ts'
import { Answered, Loading, Nothing, Problem } from '../parts/states.tsx'
import { localTime, Time, timeOf } from '../parts/time.tsx'
import { useLiveFlow } from '../shell/live.ts'
import { BackfillDialog } from './backfill-dialog.tsx'
import { askGrid, type Grid, type GridQuery } from './grid-data.ts'
import { RunGrid } from './run-grid.tsx'
import { marks } from './run-state.ts'
import { NextRun, PauseButton, scheduleText } from './schedule.tsx'

const runsAtOnce = 40
const runsAlone = 200
/** How often runs are asked for, while one goes on and otherwise, in ms. */
const openMs = 1_500
const settledMs = 5_000

/** The page; of one pipeline where the path names it. */
export function RunsPage() {
  const { params } = useRoute()
  const { query } = useLocation()
  const { picture } = useLiveFlow()
  const only = params.pipeline
  const shown = picture?.pipelines.filter(({ pipeline }) => only === undefined || pipeline === only)
  return (
    <>
      <PageHead
        title={only ?? 'Runs'}
        {...(only ? { up: ['/runs', 'Runs'] as const } : {})}
        lead="Each column is a run, the newest at the right; each row is a hop that its records pass."
      />
      <Filters key={JSON.stringify(query)} query={query} />
      <Legend />
      {!shown && <Loading what="runs" lines={10} />}
      {shown?.length === 0 && (
        <Nothing title="There is no such pipeline">
          See all <a href="/runs">runs</a>.
        </Nothing>
      )}
      {shown?.map((flow) => (
        <PipelineRuns key={flow.pipeline} flow={flow} query={query} limit={only ? runsAlone : runsAtOnce} />
      ))}
    </>
  )
}

function Filters({ query }: { query: GridQuery }) {
  const { path, route } = useLocation()
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = [...form].map(([name, value]) => [name, name === 'state' ? String(value) : timeOf(String(value))])
    const next = new URLSearchParams(given.filter(([, value]) => value !== '') as [string, string][])
    route(`${path}${next.size > 0 ? `?${next}` : ''}`)
  }
  return (
    <form class="filters" onSubmit={onSubmit} aria-label="Which runs">
      <label>
        <span>State</span>
        <select name="state" defaultValue={query.state ?? ''}>
          <option value="">all</option>
          {runOutcomes
            .filter((state: RunOutcome) => state !== 'scheduled')
            .map((state) => (
              <option key={state} value={state} selected={query.state === state}>
                {state}
              </option>
            ))}
        </select>
      </label>
      <label>
        <span>Scheduled from</span>
        <input name="from" type="datetime-local" step="1" defaultValue={localTime(query.from)} />
      </label>
      <label>
        <span>to</span>
        <input name="to" type="datetime-local" step="1" defaultValue={localTime(query.to)} />
      </label>
      <button type="submit">Show</button>
    </form>
  )
}

/** What the marks mean: all states but that nothing came. */
function Legend() {
  return (
    <ul class="legend" aria-label="What the marks mean">
      {(['succeeded', 'running', 'late', 'failed', 'dead-letters', 'skipped', 'unknown'] as const).map((state) => (
        <li key={state}>
          <span class={`run-cell cell-${state}`} aria-hidden="true">
            {marks[state]}
          </span>
          {state.replace('-', ' ')}
        </li>
      ))}
    </ul>
  )
}

function PipelineRuns({ flow, query, limit }: { flow: PipelineFlow; query: GridQuery; limit: number }) {
  const { pipeline, schedule, latestRun, proof } = flow
  const { state, from, to } = query
  const [isFilling, setFilling] = useState(false)
  const key = JSON.stringify([pipeline, state, from, to, limit])
  const [isOpen, setOpen] = useState(false)
  const answer = useAnswer(key, () => askGrid(pipeline, query, limit), isOpen ? openMs : settledMs)
  // A verdict is not told by the stream: while one is awaited, it is asked for more often.
  const isAwaited = answer.value?.runs.some((run) => run.state === 'running') ?? false
  useEffect(() => setOpen(isAwaited), [isAwaited])
  useAgainOn(JSON.stringify([latestRun?.id, latestRun?.state, latestRun?.attempts, proof?.state]), answer)
  const trigger = useChange(async () => {
    const done = await answered(api.pipelines[':pipeline'].trigger.$post({ param: { pipeline } }))
    answer.again()
    return done
  })
  return (
    <section class="runs" aria-labelledby={`runs-of-${pipeline}`}>
      <div class="runs-head">
        <div>
          <h2 id={`runs-of-${pipeline}`}>
            <a href={`/runs/${pipeline}`}>{pipeline}</a>
          </h2>
          <p class="faint">
            {scheduleText(schedule)}, <NextRun flow={flow} />
          </p>
        </div>
        <div class="runs-actions">
          <button
            type="button"
            disabled={trigger.isRunning}
            aria-label={`Run now: ${pipeline}`}
            onClick={() => trigger.run()}
          >
            {trigger.isRunning ? 'Running' : 'Run now'}
          </button>
          <button type="button" aria-label={`Backfill ${pipeline}`} onClick={() => setFilling(true)}>
            Backfill
          </button>
          <PauseButton flow={flow} />
        </div>
      </div>
      {trigger.error && <Problem error={trigger.error} />}
      {trigger.done && (
        <p class="bar" role="status">
          Run <a href={runPath(pipeline, trigger.done.run)}>{trigger.done.run}</a> has published{' '}
          {trigger.done.published} of {trigger.done.fetched}.
        </p>
      )}
      <Answered answer={answer} what={`runs of ${pipeline}`} lines={6}>
        {(grid) =>
          grid.runs.length === 0 ? <NoRuns isFiltered={Boolean(state || from || to)} /> : <Runs grid={grid} />
        }
      </Answered>
      {isFilling && (
        <BackfillDialog
          pipeline={pipeline}
          onClose={() => {
            setFilling(false)
            answer.again()
          }}
        />
      )}
    </section>
  )
}

function Runs({ grid }: { grid: Grid }) {
  const [newest, oldest] = [grid.runs[0], grid.runs.at(-1)]
  return (
    <>
      <RunGrid {...grid} />
      {newest && oldest && (
        <p class="run-times faint">
          {many(grid.runs.length, 'run')}, <Time at={oldest.scheduledAt} />
          {newest !== oldest && (
            <>
              {' '}
              to <Time at={newest.scheduledAt} />
            </>
          )}
        </p>
      )}
    </>
  )
}

function NoRuns({ isFiltered }: { isFiltered: boolean }) {
  return <p class="faint run-times">{isFiltered ? 'No run is so.' : 'No run yet: the schedule asks for the first.'}</p>
}
