/**
 * Whether tables of Amazon Keyspaces are there and fit. Not for making them: on AWS that is CloudFormation's.
 */
import type { Client } from 'cassandra-driver'
import { SluiceError } from '../../core/errors.ts'
import type { Table } from '../../core/table.ts'
import { type KeyspacesTable, keyspacesTables } from '../keyspaces-tables.ts'
import { presentTables } from './present-tables.ts'
import { tableChanges } from './table-changes.ts'
import { type Patience, waitFor } from './wait.ts'

/**
 * Waits while a table is being created or changed, as DDL of Keyspaces returns before it is done. Fails with
 * TABLE_MISMATCH for a table that is absent, whose columns, key or time to live differ, or that does not take the writes'
 * own times; with SERVICE_FAILED when one is not active in time.
 */
export async function checkKeyspacesTables(
  client: Client,
  keyspace: string,
  wanted: readonly Table[],
  patience: Patience,
): Promise<void> {
  const found = await activeTables(client, keyspace, wanted, patience)
  for (const { name } of wanted) {
    const table = found.get(name)
    if (!table) throw mismatch(keyspace, name, 'does not exist: deploy the stack that holds it first')
    if (!table.takesTimestamps) throw mismatch(keyspace, name, 'does not take client-side timestamps: turn them on')
  }
  const [change] = tableChanges(keyspace, wanted, await presentTables(client, keyspace))
  if (change === undefined) return
  throw new SluiceError(
    'TABLE_MISMATCH',
    `keyspace ${keyspace} of Keyspaces lacks a change that its stack has to make: ${change}`,
  )
}

/** The tables that are there once those that are wanted are active. */
function activeTables(
  client: Client,
  keyspace: string,
  wanted: readonly Table[],
  patience: Patience,
): Promise<Map<string, KeyspacesTable>> {
  const settled = async () => {
    const found = (await keyspacesTables(client, keyspace)) ?? new Map<string, KeyspacesTable>()
    for (const { name } of wanted) {
      const status = found.get(name)?.status ?? 'ACTIVE'
      if (status !== 'ACTIVE') throw new Error(`table ${name} is ${status}`)
    }
    return found
  }
  return waitFor(`Keyspace ${keyspace} of Keyspaces`, settled, patience)
}

function mismatch(keyspace: string, table: string, what: string): SluiceError {
  return new SluiceError('TABLE_MISMATCH', `table ${keyspace}.${table} of Keyspaces ${what}`)
}
