/**
 * What only Amazon Keyspaces says of tables, in a keyspace of its own that Cassandra does not have.
 */
import { type Client, errors, types } from 'cassandra-driver'
import { allRows } from '../connect/cassandra.ts'
import { selectKeyspacesTables } from '../core/cql.ts'

/** A table of Keyspaces. */
export type KeyspacesTable = {
  /** `ACTIVE` once it can be used. */
  readonly status: string
  /** Whether a write may carry a time of its own. It can be turned on, and never off. */
  readonly takesTimestamps: boolean
}

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The tables of a keyspace by name; null where it is Cassandra that answers. Fails with the driver's error. */
export async function keyspacesTables(client: Client, keyspace: string): Promise<Map<string, KeyspacesTable> | null> {
  try {
    const rows = await allRows(client, selectKeyspacesTables, [keyspace])
    return new Map(
      rows.map(({ table_name, status, custom_properties }) => {
        const settings = custom_properties as Settings | null
        const takesTimestamps = settings?.client_side_timestamps?.status?.toLowerCase() === 'enabled'
        return [table_name, { status, takesTimestamps }]
      }),
    )
  } catch (error) {
    if (error instanceof errors.ResponseError && error.code === types.responseErrorCodes.invalid) return null
    throw error
  }
}
