/**
 * Whether tables of Amazon Keyspaces are there and fit. Not for making them: on AWS that is CloudFormation's.
 */
import type { Client } from 'cassandra-driver'
import { allRows } from '../../connect/cassandra.ts'
import { selectKeyspacesTables } from '../../core/cql.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Table } from '../../core/table.ts'
import { presentTables } from './present-tables.ts'
import { tableChanges } from './table-changes.ts'
import { type Patience, waitFor } from './wait.ts'

/** A table as `system_schema_mcs` has it. */
type State = {
  readonly table_name: string
  readonly status: string
  readonly custom_properties: Readonly<Record<string, Readonly<Record<string, string>>>> | null
}

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
  const states = await activeTables(client, keyspace, wanted, patience)
  for (const { name } of wanted) {
    const timestamps = states.get(name)?.custom_properties?.client_side_timestamps?.status
    if (timestamps?.toLowerCase() !== 'enabled') {
      throw mismatch(keyspace, name, 'does not take client-side timestamps: turn them on')
    }
  }
  const [change] = tableChanges(keyspace, wanted, await presentTables(client, keyspace))
  if (change === undefined) return
  throw new SluiceError(
    'TABLE_MISMATCH',
    `keyspace ${keyspace} of Keyspaces lacks a change that its stack has to make: ${change}`,
  )
}

/** The states of the tables once those that are wanted are active. */
async function activeTables(
  client: Client,
  keyspace: string,
  wanted: readonly Table[],
  patience: Patience,
): Promise<Map<string, State>> {
  const names = wanted.map(({ name }) => name)
  const settled = async () => {
    const rows = (await allRows(client, selectKeyspacesTables, [keyspace])) as unknown as State[]
    const pending = rows.find(({ table_name, status }) => names.includes(table_name) && status !== 'ACTIVE')
    if (pending) throw new Error(`table ${pending.table_name} is ${pending.status}`)
    return new Map(rows.map((row) => [row.table_name, row]))
  }
  const states = await waitFor(`Keyspace ${keyspace} of Keyspaces`, settled, patience)
  const absent = names.find((name) => !states.has(name))
  if (absent !== undefined) throw mismatch(keyspace, absent, 'does not exist: deploy the stack that holds it first')
  return states
}

function mismatch(keyspace: string, table: string, what: string): SluiceError {
  return new SluiceError('TABLE_MISMATCH', `table ${keyspace}.${table} of Keyspaces ${what}`)
}
