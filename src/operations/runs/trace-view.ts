/**
 * A trace without personal data: the keys of rows can hold some. Pure.
 */
import { maskText } from '../../core/personal-data.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { type TableView, tableViews } from '../tables/table-page.ts'
import type { Trace } from './trace.ts'

/** A row that a record became, or was to become. */
export type TracedRow = {
  readonly table: string
  readonly isPresent: boolean
  readonly key: readonly (readonly [column: string, text: string])[]
  /** A text for each column of the partition key; null where one of them is masked. */
  readonly partition: readonly string[] | null
}

/** A trace to be shown. */
export type TraceView = Omit<Trace, 'rows'> & { readonly rows: readonly TracedRow[] }

/** The trace with personal columns masked. */
export function traceView(trace: Trace, pipelines: readonly Pipeline[]): TraceView {
  const views = new Map(tableViews(pipelines).map((view) => [view.name, view]))
  return { ...trace, rows: trace.rows.map((row) => rowView(row, views.get(row.table))) }
}

function rowView({ table, key, isPresent }: Trace['rows'][number], view: TableView | undefined): TracedRow {
  const { columns = [], partitionKey = [], clusteringColumns = [] } = view ?? {}
  const names = [...partitionKey, ...clusteringColumns]
  const personal = new Set(columns.filter(({ isPersonal }) => isPersonal).map(({ name }) => name))
  const texts = key.map(String)
  return {
    table,
    isPresent,
    key: names.map((name, at) => [name, personal.has(name) ? maskText : (texts[at] ?? '')]),
    partition: partitionKey.some((name) => personal.has(name)) ? null : texts.slice(0, partitionKey.length),
  }
}
