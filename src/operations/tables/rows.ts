/**
 * Reading rows of a table as they are.
 */
import { types } from 'cassandra-driver'
import { allRows } from '../../connect/cassandra.ts'
import { selectSome } from '../../core/cql.ts'
import { SluiceError } from '../../core/errors.ts'
import { keyspace } from '../../core/names.ts'
import type { AnyRow } from '../../core/table.ts'
import type { Topology } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'

/** Up to `limit` rows of a table of the app, columns by name. Fails with ARGUMENT_INVALID, naming the tables there are. */
export async function readRows(
  { cassandra }: Clients,
  topology: Topology,
  name: string,
  limit: number,
): Promise<AnyRow[]> {
  const rows = await allRows(cassandra, selectSome(keyspace, tableNamed(name, topology.tables), limit))
  return rows.map(plainRow)
}

/** The table of that name. Fails with ARGUMENT_INVALID, naming those there are. */
export function tableNamed<T extends { readonly name: string }>(name: string, tables: readonly T[]): T {
  const table = tables.find((each) => each.name === name)
  if (table) return table
  const names = tables.map((each) => each.name).join(', ')
  throw new SluiceError('ARGUMENT_INVALID', `there is no table "${name}": there are ${names}`)
}

/** A row as JSON can hold it, columns by name. */
export function plainRow(row: types.Row): AnyRow {
  return Object.fromEntries(row.keys().map((column: string) => [column, plain(row[column])]))
}

/** A value as JSON can hold it. */
function plain(value: unknown): unknown {
  if (value instanceof types.Uuid || value instanceof types.Long) return value.toString()
  if (value instanceof Buffer) return value.toString('base64')
  return value
}
