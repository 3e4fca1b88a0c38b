/**
 * What the results of a job look like: rows, and lines over time where its windows have a beginning. Pure, and from the
 * definition alone. Not for reading them: see job-results.ts.
 */
import { type JobDefinition, resultTable, windowStart } from '../../core/job.ts'
import { maskText } from '../../core/personal-data.ts'
import { type AnyRow, type CqlType, isNumber, keyColumns } from '../../core/table.ts'

/** A row of a result; `at` is when it was written, in ms since the epoch. */
export type ResultRow = { readonly row: AnyRow; readonly at: number }

/** The newest rows, newest first, of `count`; personal columns are masked. */
export type ResultTable = {
  readonly columns: readonly { readonly name: string; readonly type: CqlType; readonly isPersonal: boolean }[]
  readonly rows: readonly AnyRow[]
  readonly count: number
}

/** A column over time: a line for each series, with a value or null for each time. */
export type ResultFigure = {
  readonly name: string
  /** Whole numbers of something, which begin at 0. */
  readonly isCount: boolean
  readonly lines: readonly (readonly (number | null)[])[]
}

/** The columns of a result of windows over time. */
export type ResultCharts = {
  /** Beginnings of windows in ms since the epoch, ascending. */
  readonly times: readonly number[]
  /** Names of the lines; empty where a window has one row. */
  readonly series: readonly string[]
  /** All series, those with the largest first figure first. */
  readonly choices: readonly string[]
  /** The only series that is shown; null for the first six of all. */
  readonly of: string | null
  readonly figures: readonly ResultFigure[]
}

/** Results as shown; charts are null for results that are not of windows. */
export type ShapedResults = { readonly table: ResultTable; readonly charts: ResultCharts | null }

const mostRows = 200
const mostLines = 6
const mostChoices = 200
/** Quantities that differ more than this say nothing in one picture. */
const mostTimes = 100

/**
 * The shape of a job's latest rows. `of` asks for one series, an empty text for all; null for all unless they are
 * quantities of different sizes, as of sensors of different kinds.
 */
export function shapeResults(
  job: JobDefinition,
  results: readonly ResultRow[],
  personal: ReadonlySet<string>,
  of: string | null,
): ShapedResults {
  return { table: tableOf(job, results, personal), charts: chartsOf(job, results, personal, of) }
}

function tableOf(job: JobDefinition, results: readonly ResultRow[], personal: ReadonlySet<string>): ResultTable {
  const key = keyColumns(resultTable(job))
  const columns = Object.entries(job.result.columns)
  const time = key.find((column) => job.result.columns[column] === 'timestamp')
  const timeOf = ({ row, at }: ResultRow) => (time === undefined ? at : Number(row[time]))
  const ordered = [...columns.filter(([name]) => name === time), ...columns.filter(([name]) => name !== time)]
  const newest = results.toSorted((a, b) => timeOf(b) - timeOf(a) || b.at - a.at).slice(0, mostRows)
  return {
    columns: ordered.map(([name, type]) => ({ name, type, isPersonal: personal.has(name) })),
    rows: newest.map(({ row }) =>
      Object.fromEntries(
        ordered.map(([name]) => [name, personal.has(name) && row[name] != null ? maskText : row[name]]),
      ),
    ),
    count: results.length,
  }
}

type Group = { readonly name: string; readonly rows: readonly AnyRow[] }

function chartsOf(
  job: JobDefinition,
  results: readonly ResultRow[],
  personal: ReadonlySet<string>,
  asked: string | null,
): ResultCharts | null {
  const key = keyColumns(resultTable(job))
  const others = key.filter((column) => column !== windowStart)
  const figures = Object.entries(job.result.columns).filter(([name, type]) => !key.includes(name) && isNumber(type))
  if (!key.includes(windowStart) || others.some((column) => personal.has(column)) || figures.length === 0) return null
  const groups = groupsOf(
    results.map(({ row }) => row),
    others,
    figures[0]?.[0] ?? '',
  )
  const choices = groups.map(({ name }) => name).slice(0, mostChoices)
  const quantities = figures.flatMap(([name, type]) => (type === 'double' ? [name] : []))
  const usual = isMixed(groups, quantities) ? (choices[0] ?? null) : null
  const of = asked === null ? usual : asked === '' ? null : asked
  const shown = of === null ? groups.slice(0, mostLines) : groups.filter(({ name }) => name === of)
  const times = [...new Set(shown.flatMap(({ rows }) => rows.map(timeOf)))].sort((a, b) => a - b)
  return {
    ...{ times, series: shown.map(({ name }) => name), choices, of },
    figures: figures.map(([name, type]) => ({
      name,
      isCount: type !== 'double',
      lines: shown.map(({ rows }) => lineOf(rows, name, times)),
    })),
  }
}

/** Rows by the key columns beside the window, which tell nothing apart where each window has one row. */
function groupsOf(rows: readonly AnyRow[], others: readonly string[], weight: string): Group[] {
  const isGrouped = new Set(rows.map(timeOf)).size < rows.length
  const nameOf = (row: AnyRow) => (isGrouped ? others.map((column) => String(row[column])).join(' · ') : '')
  const weightOf = ({ rows }: Group) => rows.reduce((sum, row) => sum + Number(row[weight] ?? 0), 0)
  return [...Map.groupBy(rows, nameOf)]
    .map(([name, group]): Group => ({ name, rows: group }))
    .sort((a, b) => weightOf(b) - weightOf(a) || (a.name < b.name ? -1 : 1))
}

function isMixed(groups: readonly Group[], quantities: readonly string[]): boolean {
  return quantities.some((column) => {
    const sizes = groups
      .map(({ rows }) => rows.reduce((most, row) => Math.max(most, Math.abs(Number(row[column] ?? 0))), 0))
      .filter((size) => size > 0)
    return sizes.length > 1 && Math.max(...sizes) > mostTimes * Math.min(...sizes)
  })
}

function lineOf(rows: readonly AnyRow[], column: string, times: readonly number[]): (number | null)[] {
  const values = new Map(rows.map((row) => [timeOf(row), row[column] == null ? null : Number(row[column])]))
  return times.map((time) => values.get(time) ?? null)
}

function timeOf(row: AnyRow): number {
  return Number(row[windowStart])
}
