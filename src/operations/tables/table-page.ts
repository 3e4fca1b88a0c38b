/**
 * Pages of a table for people: by partition key or all, personal data masked unless that is asked for. Read only.
 * Not for every row of a table: see rows.ts.
 */

import { cassandraError } from '../../connect/cassandra-error.ts'
import { selectAll, selectPartition } from '../../core/cql.ts'
import { SluiceError } from '../../core/errors.ts'
import { keyspace } from '../../core/names.ts'
import { maskText, personalNames } from '../../core/personal-data.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { AnyRow, CqlType, Table } from '../../core/table.ts'
import { topologyOf } from '../../core/topology.ts'
import { writersOf } from '../../core/writers.ts'
import type { Clients } from '../clients.ts'
import { plainRow, tableNamed } from './rows.ts'

/** A table with what its columns hold. `pipeline` is null for those of the ledger. */
export type TableView = {
  readonly name: string
  readonly pipeline: string | null
  readonly columns: readonly { readonly name: string; readonly type: CqlType; readonly isPersonal: boolean }[]
  readonly partitionKey: readonly string[]
  readonly clusteringColumns: readonly string[]
  readonly ttlSeconds: number | null
}

/** Which rows: those of a partition, or any where `key` is null. */
export type TablePageRequest = {
  readonly table: string
  /** A text for each column of the partition key. */
  readonly key: readonly string[] | null
  readonly limit: number
  /** The page's token; null for the first. */
  readonly page: string | null
  readonly isRevealed: boolean
}

/** Rows and the token of the next page; null after the last. */
export type TablePage = { readonly rows: readonly AnyRow[]; readonly next: string | null }

/** All tables of the app: those of pipelines, results of jobs included, then the ledger's. A column is personal that has the name of a tagged field. */
export function tableViews(pipelines: readonly Pipeline[]): TableView[] {
  const own = pipelines.flatMap((pipeline) => {
    const tables = writersOf(pipeline).flatMap((writer) => writer.tables)
    return tables.map((table) => viewOf(table, pipeline.name, personalNames(pipeline)))
  })
  const names = new Set(own.map(({ name }) => name))
  const ledger = topologyOf(pipelines).tables.filter(({ name }) => !names.has(name))
  return [...own, ...ledger.map((table) => viewOf(table, null, new Set()))]
}

/** A page of rows. Fails with ARGUMENT_INVALID for an unknown table or a key that does not fit, or CASSANDRA_UNAVAILABLE. */
export async function tablePage(
  { table: name, key, limit, page, isRevealed }: TablePageRequest,
  pipelines: readonly Pipeline[],
  { cassandra }: Clients,
): Promise<TablePage> {
  const view = tableNamed(name, tableViews(pipelines))
  const table = tableNamed(name, topologyOf(pipelines).tables)
  const values = key === null ? [] : keyValues(table, key)
  const query = key === null ? selectAll(keyspace, table) : selectPartition(keyspace, table)
  try {
    const options = { fetchSize: limit, ...(page === null ? {} : { pageState: page }) }
    const result = await cassandra.execute(query, values, options)
    const personal = isRevealed ? [] : view.columns.filter((column) => column.isPersonal).map((column) => column.name)
    return { rows: result.rows.map((row) => maskRow(plainRow(row), personal)), next: result.pageState ?? null }
  } catch (cause) {
    throw cassandraError(`Cassandra did not answer the request for rows of ${name}`, cause)
  }
}

function viewOf(table: Table, pipeline: string | null, personal: ReadonlySet<string>): TableView {
  const { name, columns, partitionKey, clusteringColumns, ttlSeconds } = table
  return {
    name,
    pipeline,
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      isPersonal: personal.has(column),
    })),
    partitionKey,
    clusteringColumns,
    ttlSeconds,
  }
}

function maskRow(row: AnyRow, columns: readonly string[]): AnyRow {
  const hidden = columns.filter((column) => row[column] !== null && row[column] !== undefined)
  return { ...row, ...Object.fromEntries(hidden.map((column) => [column, maskText])) }
}

function keyValues({ name, partitionKey, columns }: Table, texts: readonly string[]): unknown[] {
  if (texts.length !== partitionKey.length) {
    const given = `${texts.length} ${texts.length === 1 ? 'value is' : 'values are'} given`
    throw new SluiceError('ARGUMENT_INVALID', `the partition key of ${name} is ${partitionKey.join(', ')}: ${given}`)
  }
  return partitionKey.map((column, at) => keyValue(column, columns[column] ?? 'text', texts[at] ?? ''))
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function keyValue(column: string, type: CqlType, text: string): unknown {
  const isNumber = type === 'int' || type === 'bigint' || type === 'double'
  if (type === 'text') return text
  if (type === 'uuid' && uuid.test(text)) return text
  if (isNumber && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'timestamp' && !Number.isNaN(Date.parse(text))) return Date.parse(text)
  throw new SluiceError('ARGUMENT_INVALID', `column ${column} is of type ${type}, which "${text}" is not`)
}
