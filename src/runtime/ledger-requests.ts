/**
 * Requests of the ledger to Cassandra, each of which fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED.
 */
import type { Client, types } from 'cassandra-driver'
import { allRows } from '../connect/cassandra.ts'
import { cassandraError } from '../connect/cassandra-error.ts'
import { deleteByKey, insert } from '../core/cql.ts'
import { openRunsTable, runStatesTable } from '../core/ledger.ts'
import { keyspace } from '../core/names.ts'
import type { AnyRow, Table } from '../core/table.ts'

/** What the ledger asks of Cassandra. */
export type LedgerRequests = {
  /** The first row of an answer; null where there is none. */
  first(query: string, values: unknown[]): Promise<types.Row | null>
  all(query: string, values: unknown[]): Promise<types.Row[]>
  put(table: Table, row: AnyRow): Promise<void>
  /** Notes that a run came to a state; before the state itself is saved, so that no run is in one without being found there. */
  cameTo(pipeline: string, state: string, runId: string): Promise<void>
  /** Notes that an attempt of a run is to be judged; before the run is saved, so that none is overlooked. */
  open(pipeline: string, runId: string, attempt: number): Promise<void>
  /** Notes that nothing is left to be judged of a run up to that attempt. */
  close(pipeline: string, runId: string, attempts: number): Promise<void>
}

/** The requests through a connected client. */
export function ledgerRequests(client: Client): LedgerRequests {
  const answered = async <T>(request: Promise<T>) => {
    try {
      return await request
    } catch (cause) {
      throw cassandraError('Cassandra did not answer a request of the ledger', cause)
    }
  }
  const put = async (table: Table, row: AnyRow) => {
    const values = Object.keys(table.columns).map((column) => row[column])
    await answered(client.execute(insert(keyspace, table), values))
  }
  return {
    first: async (query, values) => (await answered(client.execute(query, values))).first(),
    all: (query, values) => answered(allRows(client, query, values)),
    put,
    cameTo: (pipeline, state, runId) => put(runStatesTable, { pipeline, state, run_id: runId, since: Date.now() }),
    open: (pipeline, runId, attempt) => put(openRunsTable, { pipeline, run_id: runId, attempt, since: Date.now() }),
    async close(pipeline, runId, attempts) {
      const query = deleteByKey(keyspace, openRunsTable)
      for (let attempt = 1; attempt <= attempts; attempt++) {
        await answered(client.execute(query, [pipeline, runId, attempt]))
      }
    },
  }
}
