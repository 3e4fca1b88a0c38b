/**
 * Makes the tables of a keyspace those of the model.
 */
import type { Client, types } from 'cassandra-driver'
import { connectCassandra } from '../../connect/cassandra.ts'
import { createKeyspace } from '../../core/cql.ts'
import type { CassandraAccess } from '../../core/environment.ts'
import type { Table } from '../../core/table.ts'
import { cassandraEndpoint } from '../access.ts'
import { type PresentTable, tableChanges } from './table-changes.ts'
import { type Patience, waitFor } from './wait.ts'

/** Waits for the login and for Cassandra, then creates and alters. Idempotent. Returns what was done. Fails with SERVICE_FAILED or TABLE_MISMATCH. */
export async function ensureTables(
  access: CassandraAccess,
  keyspace: string,
  wanted: readonly Table[],
  patience: Patience,
): Promise<string[]> {
  const endpoint = await waitFor('The login of Cassandra', () => cassandraEndpoint(access), patience)
  const open = async () => {
    const client = connectCassandra(endpoint)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.shutdown().catch(() => {})
      throw error
    }
  }
  const client = await waitFor(nameOf(access), open, patience)
  try {
    const statements = await missingKeyspace(client, keyspace)
    for (const statement of statements) await change(client, statement)
    const changes = tableChanges(keyspace, wanted, await presentTables(client, keyspace))
    for (const statement of changes) await change(client, statement)
    return [...statements, ...changes]
  } finally {
    await client.shutdown()
  }
}

function nameOf(access: CassandraAccess): string {
  return access.kind === 'keyspaces' ? `Keyspaces of ${access.region}` : `Cassandra at ${access.host}:${access.port}`
}

async function missingKeyspace(client: Client, keyspace: string): Promise<string[]> {
  const query = 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?'
  const { rows } = await client.execute(query, [keyspace])
  return rows.length === 0 ? [createKeyspace(keyspace)] : []
}

/** The driver waits up to 10 s until all nodes have the same schema and then says whether they do. */
async function change(client: Client, statement: string): Promise<void> {
  const { info } = await client.execute(statement, [], { prepare: false, isIdempotent: false })
  // The driver's types leave the field out.
  const { isSchemaInAgreement } = info as typeof info & { readonly isSchemaInAgreement: boolean }
  if (!isSchemaInAgreement) throw new Error(`the nodes of Cassandra did not agree on the schema after: ${statement}`)
}

async function presentTables(client: Client, keyspace: string): Promise<PresentTable[]> {
  const [tables, columns] = await Promise.all([
    client.execute('SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?', [
      keyspace,
    ]),
    client.execute(
      'SELECT table_name, column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = ?',
      [keyspace],
      { fetchSize: 5_000 },
    ),
  ])
  return tables.rows.map((table) => {
    const own = columns.rows.filter((column) => column.table_name === table.table_name)
    return {
      name: table.table_name,
      columns: Object.fromEntries(own.map((column) => [column.column_name, column.type])),
      partitionKey: keyOf(own, 'partition_key'),
      clusteringColumns: keyOf(own, 'clustering'),
      ttlSeconds: table.default_time_to_live || null,
    }
  })
}

function keyOf(columns: readonly types.Row[], kind: string): string[] {
  const key = columns.filter((column) => column.kind === kind)
  return key.sort((a, b) => a.position - b.position).map((column) => column.column_name)
}
