/**
 * Executes row writes: small unlogged batches, several at once, single statements where a batch fails.
 */
import type { Client } from 'cassandra-driver'
import { upsert } from '../core/cql.ts'
import type { SluiceError } from '../core/errors.ts'
import { keyspace } from '../core/names.ts'
import type { Table } from '../core/table.ts'
import { writeError } from './cassandra-errors.ts'
import type { RowWrite } from './row-writes.ts'

/** Keyspaces takes 30 statements a batch. */
const maxStatements = 30
/** Cassandra refuses batches above 50 KiB; half as much leaves room for names and framing. */
const maxBytes = 25 * 1024
const maxInFlight = 16

/** A write that failed, and why. */
export type FailedWrite = { readonly write: RowWrite; readonly error: SluiceError }

/**
 * Executes writes at LOCAL_QUORUM and returns those that failed, each with CASSANDRA_UNAVAILABLE, CASSANDRA_REFUSED or
 * TABLE_MISMATCH (try again) or RECORD_INVALID (never). Delivery guarantees: a write that is not returned was acknowledged; the order
 * among different rows is open.
 */
export async function executeWrites(client: Client, writes: readonly RowWrite[]): Promise<FailedWrite[]> {
  const failed: FailedWrite[] = []
  const waiting = batchesOf(writes)
  const work = async () => {
    for (let batch = waiting.pop(); batch; batch = waiting.pop()) failed.push(...(await executeBatch(client, batch)))
  }
  await Promise.all(Array.from({ length: Math.min(maxInFlight, waiting.length) }, work))
  return failed
}

/** Groups writes, in order, into batches within the bounds; a larger write stands alone. */
export function batchesOf(writes: readonly RowWrite[]): RowWrite[][] {
  const batches: RowWrite[][] = []
  let batch: RowWrite[] = []
  let bytes = 0
  for (const write of writes) {
    if (batch.length > 0 && (batch.length === maxStatements || bytes + write.bytes > maxBytes)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(write)
    bytes += write.bytes
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

async function executeBatch(client: Client, batch: readonly RowWrite[]): Promise<FailedWrite[]> {
  try {
    await execute(client, batch)
    return []
  } catch (cause) {
    const error = await writeError(client, batch, cause)
    const [only] = batch
    if (batch.length === 1 && only) return [{ write: only, error }]
    if (error.retryable) return batch.map((write) => ({ write, error }))
    const singly = await Promise.all(batch.map((write) => executeBatch(client, [write])))
    return singly.flat()
  }
}

async function execute(client: Client, batch: readonly RowWrite[]): Promise<void> {
  const statements = batch.map(({ table, values, writeTime }) => ({
    query: upsertOf(table),
    params: [...values, writeTime],
  }))
  const [only] = statements
  if (statements.length === 1 && only) await client.execute(only.query, only.params)
  else await client.batch(statements, { logged: false })
}

/** Rendered once a table: the driver finds a prepared statement by its text, quickly if that is the same string. */
const upserts = new WeakMap<Table, string>()

function upsertOf(table: Table): string {
  const known = upserts.get(table)
  if (known) return known
  const made = upsert(keyspace, table)
  upserts.set(table, made)
  return made
}
