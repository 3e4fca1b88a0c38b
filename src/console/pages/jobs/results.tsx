/**
 * The results of a job: its windows as charts, one for each figure, and its newest rows.
 */
import { useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { isNumber } from '../../../core/table.ts'
import type { JobResults } from '../../../operations/jobs/job-results.ts'
import type { JobView } from '../../../operations/jobs/job-view.ts'
import type { ResultCharts, ResultTable } from '../../../operations/jobs/result-shape.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, many, quantity } from '../format.ts'
import { Cell } from '../parts/cell.tsx'
import { Chart } from '../parts/chart.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Answered, Nothing } from '../parts/states.tsx'

const periods = [
  ['1', 'hour'],
  ['6', '6 hours'],
  ['24', 'day'],
] as const
const everyMs = 10_000

/** The part of the page; its link holds how far back, and which series. */
export function Results({ job: { job, condition } }: { job: JobView }) {
  const { query, path, route } = useLocation()
  const hours = periods.find(([id]) => id === query.hours)?.[0] ?? '1'
  const period = periods.find(([id]) => id === hours)?.[1] ?? 'hour'
  const { of } = query
  const asked = { hours, ...(of === undefined ? {} : { of }) }
  const answer = useAnswer(
    `results ${job} ${JSON.stringify(asked)}`,
    () => answered(api.jobs[':job'].results.$get({ param: { job }, query: asked })),
    everyMs,
  )
  const show = (given: { hours: string; of?: string | undefined }) => {
    const next = new URLSearchParams({ hours: given.hours, ...(given.of === undefined ? {} : { of: given.of }) })
    route(`${path}?${next}`, true)
  }
  // Kept while others are asked for, so that the field that was used stays.
  const known = useRef<ResultCharts | null>(null)
  known.current = answer.value?.charts ?? known.current
  const choices = known.current?.choices ?? []
  return (
    <section class="results" aria-labelledby="results-name">
      <div class="results-head">
        <h2 id="results-name">Results of the last {period}</h2>
        <form class="results-choice" aria-label="Which results" onSubmit={(event) => event.preventDefault()}>
          {choices.length > 1 && (
            <label class="inline">
              <span>Show</span>
              <select
                value={of ?? known.current?.of ?? ''}
                onChange={({ currentTarget }) => show({ hours, of: currentTarget.value })}
              >
                <option value="">all {count(choices.length)}</option>
                {choices.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label class="inline">
            <span>Of the last</span>
            <select value={hours} onChange={({ currentTarget }) => show({ hours: currentTarget.value, of })}>
              {periods.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </form>
      </div>
      <Answered answer={answer} what="results" lines={6}>
        {(results) =>
          results.table.count === 0 ? (
            <Nothing title={`No result was written in the last ${period}`}>
              {condition === 'running'
                ? 'The job runs: it has found nothing, or its windows are not over yet.'
                : 'The job does not run: what came before is further back, or in its table.'}
            </Nothing>
          ) : (
            <Shown job={job} results={results} />
          )
        }
      </Answered>
    </section>
  )
}

function Shown({ job, results: { charts, table, isWhole } }: { job: string; results: JobResults }) {
  return (
    <>
      {!isWhole && <p class="bar">There are more than can be shown: these are the newest.</p>}
      {charts && charts.series.length > 0 && <Charts job={job} charts={charts} />}
      {charts?.series.length === 0 && <p class="faint">None of them is of {charts.of}.</p>}
      <p class="faint" role="status">
        {table.rows.length < table.count && `The newest ${count(table.rows.length)} of `}
        {many(table.count, 'row')}, the newest first
      </p>
      <Rows job={job} table={table} />
    </>
  )
}

function Charts({ job, charts: { times, series, choices, of, figures } }: { job: string; charts: ResultCharts }) {
  return (
    <>
      {series.some((name) => name !== '') && (
        <ul class="series" aria-label="Lines">
          {series.map((name, at) => (
            <li key={name} class={`series-${at + 1}`}>
              {name}
            </li>
          ))}
          {of === null && choices.length > series.length && (
            <li class="faint">
              the {count(series.length)} largest of {count(choices.length)}
            </li>
          )}
        </ul>
      )}
      <div class="charts">
        {figures.map(({ name, isCount, lines }) => (
          <figure key={name}>
            <figcaption>{name}</figcaption>
            <Chart
              times={times}
              series={series.map((each, at) => ({ name: each || name, values: lines[at] ?? [] }))}
              summary={`${name} of ${job} over ${many(times.length, 'window')}: ${latestText(series, lines)}`}
              height={170}
              begin={isCount ? 'zero' : 'values'}
              legend="shared"
            />
          </figure>
        ))}
      </div>
    </>
  )
}

/** The latest value of each line, for those who do not see it. */
function latestText(series: readonly string[], lines: ResultCharts['figures'][number]['lines']): string {
  const latest = lines.map((values, at) => {
    const value = values.findLast((each) => each !== null)
    return `${series[at] ? `${series[at]} ` : ''}${value == null ? 'none' : quantity(value)}`
  })
  return `latest ${latest.join(', ')}`
}

function Rows({ job, table: { columns, rows } }: { job: string; table: ResultTable }) {
  return (
    <DataTable
      name={`Results of ${job}`}
      items={rows.map((row, at) => ({ row, at }))}
      keyOf={({ at }) => String(at)}
      columns={columns.map(({ name, type, isPersonal }) => ({
        head: name,
        isFigure: isNumber(type),
        cell: ({ row }: { row: ResultTable['rows'][number] }) => (
          <Cell value={row[name]} type={type} isMasked={isPersonal} />
        ),
      }))}
    />
  )
}
