/**
 * Makes the tables of a keyspace those of the model.
 */
import type { Client } from 'cassandra-driver'
import { addressOf, openCassandra } from '../../connect/cassandra.ts'
import { createKeyspace, selectKeyspace } from '../../core/cql.ts'
import type { CassandraAccess } from '../../core/environment.ts'
import type { Table } from '../../core/table.ts'
import { cassandraEndpoint } from '../access.ts'
import { checkKeyspacesTables } from './keyspaces-check.ts'
import { presentTables } from './present-tables.ts'
import { tableChanges } from './table-changes.ts'
import { type Patience, waitFor } from './wait.ts'

/**
 * Waits for the login and for Cassandra, then creates and alters; in Keyspaces, whose tables a stack makes, it only sees
 * whether they fit. Idempotent. Returns what was done. Fails with SERVICE_FAILED or TABLE_MISMATCH.
 */
export async function ensureTables(
  access: CassandraAccess,
  keyspace: string,
  wanted: readonly Table[],
  patience: Patience,
): Promise<string[]> {
  const endpoint = await waitFor('The login of Cassandra', () => cassandraEndpoint(access), patience)
  const client = await waitFor(addressOf(endpoint), () => openCassandra(endpoint), patience)
  try {
    if (access.kind === 'keyspaces') {
      await checkKeyspacesTables(client, keyspace, wanted, patience)
      return []
    }
    const statements = await missingKeyspace(client, keyspace)
    for (const statement of statements) await change(client, statement)
    const changes = tableChanges(keyspace, wanted, await presentTables(client, keyspace))
    for (const statement of changes) await change(client, statement)
    return [...statements, ...changes]
  } finally {
    await client.shutdown()
  }
}

async function missingKeyspace(client: Client, keyspace: string): Promise<string[]> {
  const { rows } = await client.execute(selectKeyspace, [keyspace])
  return rows.length === 0 ? [createKeyspace(keyspace)] : []
}

/** The driver waits up to 10 s until all nodes have the same schema and then says whether they do. */
async function change(client: Client, statement: string): Promise<void> {
  const { info } = await client.execute(statement, [], { prepare: false, isIdempotent: false })
  // The driver's types leave the field out.
  const { isSchemaInAgreement } = info as typeof info & { readonly isSchemaInAgreement: boolean }
  if (!isSchemaInAgreement) throw new Error(`the nodes of Cassandra did not agree on the schema after: ${statement}`)
}
