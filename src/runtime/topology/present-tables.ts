/**
 * The tables of a keyspace as Cassandra, or Keyspaces, describes them.
 */
import type { Client, types } from 'cassandra-driver'
import { allRows } from '../../connect/cassandra.ts'
import { selectColumns, selectTables } from '../../core/cql.ts'
import type { PresentTable } from './table-changes.ts'

/** All tables of a keyspace; none where it does not exist. */
export async function presentTables(client: Client, keyspace: string): Promise<PresentTable[]> {
  const [tables, columns] = await Promise.all([
    allRows(client, selectTables, [keyspace]),
    allRows(client, selectColumns, [keyspace]),
  ])
  return tables.map((table) => {
    const own = columns.filter((column) => column.table_name === table.table_name)
    return {
      name: table.table_name,
      columns: Object.fromEntries(own.map((column) => [column.column_name, column.type])),
      partitionKey: keyOf(own, 'partition_key'),
      clusteringColumns: keyOf(own, 'clustering'),
      clusteringOrder: own.some((column) => column.clustering_order === 'desc') ? 'descending' : 'ascending',
      ttlSeconds: table.default_time_to_live || null,
    }
  })
}

function keyOf(columns: readonly types.Row[], kind: string): string[] {
  const key = columns.filter((column) => column.kind === kind)
  return key.sort((a, b) => a.position - b.position).map((column) => column.column_name)
}
