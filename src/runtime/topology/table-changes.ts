/**
 * What to change so that the tables of a keyspace are those of the model. Pure.
 */
import { addColumn, createTable, setTimeToLive } from '../../core/cql.ts'
import { SluiceError } from '../../core/errors.ts'
import { keyColumns, type Table } from '../../core/table.ts'

/** A table as the cluster has it. */
export type PresentTable = {
  readonly name: string
  readonly columns: Readonly<Record<string, string>>
  readonly partitionKey: readonly string[]
  readonly clusteringColumns: readonly string[]
  readonly clusteringOrder?: 'ascending' | 'descending'
  readonly ttlSeconds: number | null
}

/** The statements from `present` to `wanted`; other tables and columns stay. Fails with TABLE_MISMATCH before any is due. */
export function tableChanges(keyspace: string, wanted: readonly Table[], present: readonly PresentTable[]): string[] {
  const byName = new Map(present.map((table) => [table.name, table]))
  return wanted.flatMap((table) => {
    const found = byName.get(table.name)
    if (!found) return [createTable(keyspace, table)]
    expectSameKey(table, found)
    expectSameOrder(table, found)
    expectSameTypes(table, found)
    const missing = Object.keys(table.columns).filter((column) => !(column in found.columns))
    const ttl = table.ttlSeconds === found.ttlSeconds ? [] : [setTimeToLive(keyspace, table)]
    return [...missing.map((column) => addColumn(keyspace, table, column)), ...ttl]
  })
}

function expectSameKey(wanted: Table, present: PresentTable): void {
  const [want, have] = [primaryKey(wanted), primaryKey(present)]
  if (want === have) return
  const names = [...keyColumns(wanted), ...present.partitionKey, ...present.clusteringColumns]
  const differing = names.find((name) => roleOf(name, wanted) !== roleOf(name, present))
  throw new SluiceError(
    'TABLE_MISMATCH',
    `table "${wanted.name}" has the primary key ${have}, but the pipeline asks for ${want} (column "${differing}"): a key cannot be changed; give the table a new name`,
  )
}

function expectSameOrder(wanted: Table, present: PresentTable): void {
  const [want, have] = [wanted.clusteringOrder ?? 'ascending', present.clusteringOrder ?? 'ascending']
  if (want === have) return
  throw new SluiceError(
    'TABLE_MISMATCH',
    `table "${wanted.name}" is sorted ${have}, but the pipeline asks for ${want}: an order cannot be changed; give the table a new name`,
  )
}

function expectSameTypes(wanted: Table, present: PresentTable): void {
  for (const [column, type] of Object.entries(wanted.columns)) {
    const found = present.columns[column]
    if (found === undefined || found === type) continue
    throw new SluiceError(
      'TABLE_MISMATCH',
      `column "${column}" of table "${wanted.name}" has type ${found}, but the pipeline asks for ${type}: a type cannot be changed; give the column a new name`,
    )
  }
}

type Key = Pick<PresentTable, 'partitionKey' | 'clusteringColumns'>

function primaryKey({ partitionKey, clusteringColumns }: Key): string {
  return `(${[`(${partitionKey.join(', ')})`, ...clusteringColumns].join(', ')})`
}

function roleOf(column: string, { partitionKey, clusteringColumns }: Key): string {
  return `${partitionKey.indexOf(column)} ${clusteringColumns.indexOf(column)}`
}
