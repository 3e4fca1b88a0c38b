import { describe, expect, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import { declaredJobs } from '../../../../src/core/declared-jobs.ts'
import type { JobDefinition, ResultColumns } from '../../../../src/core/job.ts'
import { maskText } from '../../../../src/core/personal-data.ts'
import type { AnyRow } from '../../../../src/core/table.ts'
import { findJob } from '../../../../src/operations/jobs/find-job.ts'
import { type ResultRow, shapeResults } from '../../../../src/operations/jobs/result-shape.ts'
import { sums } from '../../../fixtures/sums-job.ts'

const minute = 60_000
const nobody = new Set<string>()

function job(columns: ResultColumns, partitionKey: [string], clusteringColumns: string[]): JobDefinition {
  return { ...sums, result: { ...sums.result, columns, partitionKey, clusteringColumns } }
}

const counts = job(
  { country: 'text', window_start: 'timestamp', window_end: 'timestamp', signups: 'bigint' },
  ['country'],
  ['window_start'],
)
const readings = job(
  { sensor: 'text', window_start: 'timestamp', readings: 'bigint', mean: 'double' },
  ['sensor'],
  ['window_start'],
)
const results = (...rows: AnyRow[]): ResultRow[] => rows.map((row, at) => ({ row, at }))
const signups = (country: string, at: number, count: number | null) => ({
  ...{ country, window_start: at * minute, window_end: (at + 1) * minute, signups: count },
})

describe('results of windows', () => {
  const given = results(
    signups('Norway', 2, 5),
    signups('France', 1, 9),
    signups('Norway', 1, 1),
    signups('Chad', 3, null),
  )

  test('are a chart for each figure, a line for each key, windows on the axis', () => {
    expect(shapeResults(counts, given, nobody, null).charts).toEqual({
      times: [minute, 2 * minute, 3 * minute],
      series: ['France', 'Norway', 'Chad'],
      choices: ['France', 'Norway', 'Chad'],
      of: null,
      figures: [
        {
          name: 'signups',
          isCount: true,
          lines: [
            [9, null, null],
            [1, 5, null],
            [null, null, null],
          ],
        },
      ],
    })
  })

  test('are of one series if it is asked for, and of none if there is no such', () => {
    expect(shapeResults(counts, given, nobody, 'Norway').charts).toMatchObject({
      times: [minute, 2 * minute],
      series: ['Norway'],
      of: 'Norway',
      choices: ['France', 'Norway', 'Chad'],
    })
    expect(shapeResults(counts, given, nobody, 'Peru').charts).toMatchObject({ times: [], series: [], of: 'Peru' })
  })

  test('have six lines at most, the largest', () => {
    const many = results(...Array.from({ length: 9 }, (_, at) => signups(`c${at}`, 1, at)))
    const { charts } = shapeResults(counts, many, nobody, null)
    expect(charts?.series).toEqual(['c8', 'c7', 'c6', 'c5', 'c4', 'c3'])
    expect(charts?.choices).toHaveLength(9)
  })

  test('are one line where each window has one row: a day in the key tells nothing apart', () => {
    const daily = job({ day: 'text', window_start: 'timestamp', purchases: 'bigint' }, ['day'], ['window_start'])
    const rows = [
      { day: '2026-03-01', window_start: minute, purchases: 1 },
      { day: '2026-03-02', window_start: 2 * minute, purchases: 2 },
    ]
    const { charts } = shapeResults(daily, results(...rows), nobody, null)
    expect(charts).toMatchObject({ series: [''], choices: [''], figures: [{ lines: [[1, 2]] }] })
  })

  test('are of one series unless all is asked for, where quantities differ in size', () => {
    const of = (sensor: string, mean: number) => ({ sensor, window_start: minute, readings: 60, mean })
    const mixed = results(of('load', 12), of('traffic', 90_000), of('still', 0))
    expect(shapeResults(readings, mixed, nobody, null).charts).toMatchObject({ of: 'load', series: ['load'] })
    expect(shapeResults(readings, mixed, nobody, '').charts).toMatchObject({
      of: null,
      series: ['load', 'still', 'traffic'],
    })
    const alike = results(of('a', 12), of('b', 80), of('still', 0))
    expect(shapeResults(readings, alike, nobody, null).charts?.of).toBeNull()
  })

  test('are no chart where a line would have the name of a person', () => {
    expect(shapeResults(counts, given, new Set(['country']), null).charts).toBeNull()
  })

  test('that are none have empty charts', () => {
    expect(shapeResults(counts, [], nobody, null)).toMatchObject({
      charts: { times: [], series: [], of: null },
      table: { rows: [], count: 0 },
    })
  })
})

describe('rows', () => {
  const anomalies = job({ sensor: 'text', at: 'timestamp', score: 'double' }, ['sensor'], ['at'])

  test('come newest first with their time in front, and no chart where there is no window', () => {
    const given = results(
      { sensor: 'a', at: 1, score: 5 },
      { sensor: 'b', at: 3, score: 6 },
      { sensor: 'c', at: 2, score: 7 },
    )
    const { charts, table } = shapeResults(anomalies, given, nobody, null)
    expect(charts).toBeNull()
    expect(table.columns.map(({ name }) => name)).toEqual(['at', 'sensor', 'score'])
    expect(table.rows.map(({ sensor }) => sensor)).toEqual(['b', 'c', 'a'])
  })

  test('without a time in the key come as they were written', () => {
    const timeless = job({ page: 'text', views: 'bigint' }, ['page'], [])
    const given = results({ page: '/a', views: 1 }, { page: '/b', views: 1 })
    expect(shapeResults(timeless, given, nobody, null).table.rows.map(({ page }) => page)).toEqual(['/b', '/a'])
  })

  test('are 200 at most, of a count; what is personal is masked, and what is not there is not', () => {
    const given = results(...Array.from({ length: 250 }, (_, at) => ({ sensor: at % 2 ? 's' : null, at, score: 1 })))
    const { table } = shapeResults(anomalies, given, new Set(['sensor']), null)
    expect(table.rows).toHaveLength(200)
    expect(table.count).toBe(250)
    expect(table.rows.slice(0, 2).map(({ sensor }) => sensor)).toEqual([maskText, null])
    expect(table.columns.find(({ name }) => name === 'sensor')?.isPersonal).toBe(true)
  })
})

test.each([
  ['signups_by_country', ['signups', 'distinct_users']],
  ['sensor_statistics', ['readings', 'lowest', 'highest', 'mean', 'deviation', 'median']],
  ['sensor_anomalies', null],
  ['shop_sessions', null],
  ['revenue_by_minute', ['purchases', 'items', 'revenue_cents']],
  ['page_views', ['views']],
])('the job %s is shown as %o', (name, figures) => {
  const { charts } = shapeResults(findJob(pipelines, name).job, [], nobody, null)
  expect(charts?.figures.map((figure) => figure.name) ?? null).toEqual(figures)
})

test('each bundled job can be shown', () => {
  for (const each of declaredJobs(pipelines)) {
    expect(shapeResults(each.job, [], nobody, null).table.columns.length).toBeGreaterThan(2)
  }
})
