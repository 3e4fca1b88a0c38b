/**
 * Leases: of what there is to be one at a time, who has it. Held by conditional writes, which Cassandra and Keyspaces
 * order among all their nodes.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, types } from 'cassandra-driver'
import { cassandraError } from '../connect/cassandra-error.ts'
import { insertNew, replace } from '../core/cql.ts'
import { leasesTable } from '../core/ledger.ts'
import { keyspace } from '../core/names.ts'

/** A lease that this process has. */
export type Lease = {
  /** False once another has taken it over, as this process did not renew it in time. */
  isHeld(): boolean
  /** Gives it back; one that cannot be given back lapses. */
  release(): Promise<void>
}

/** How long a lease outlasts the last word of its holder, in ms: less than the minute after which Lambda tries again. */
export const leaseMs = 15_000
const renewalMs = leaseMs / 3
const lookMs = 500

/**
 * Takes a lease of a pipeline; null where another has it. Who holds one renews it, so that one which is not renewed
 * until it ends is nobody's: this waits to see which. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED.
 */
export async function takeLease(client: Client, pipeline: string, name: string): Promise<Lease | null> {
  const holder = randomUUID()
  const change = async (statement: string, values: unknown[]) => {
    const options = { prepare: true, serialConsistency: types.consistencies.localSerial, isIdempotent: false }
    const result = await client.execute(statement, values, options).catch((cause) => {
      throw cassandraError('Cassandra did not answer for a lease', cause)
    })
    return { isApplied: result.wasApplied(), row: result.first() as unknown as Row | null }
  }
  const begin = (expiresAt: number) => change(insertNew(keyspace, leasesTable), [pipeline, name, holder, expiresAt])
  const take: Take = (expiresAt, from) =>
    change(replace(keyspace, leasesTable), [holder, expiresAt, pipeline, name, from.holder, from.expires_at])

  let seen: Row | null = null
  for (;;) {
    const expiresAt = Date.now() + leaseMs
    const { isApplied, row } = await begin(expiresAt)
    if (isApplied) return held(holder, expiresAt, take)
    if (!row || (seen !== null && !isSame(row, seen))) return null
    seen = row
    if (Number(row.expires_at) <= Date.now()) {
      return (await take(expiresAt, row)).isApplied ? held(holder, expiresAt, take) : null
    }
    await delay(lookMs)
  }
}

/** Moves a lease on from what was read of it; `row` is what stands there instead where it was not applied. */
type Take = (expiresAt: number, from: Row) => Promise<{ isApplied: boolean; row: Row | null }>

type Row = { readonly holder: string; readonly expires_at: Date | number }

function isSame(a: Row, b: Row): boolean {
  return a.holder === b.holder && Number(a.expires_at) === Number(b.expires_at)
}

/** A lease that was taken: renewed three times as often as it lapses. */
function held(holder: string, until: number, take: Take): Lease {
  let expiresAt = until
  let isLost = false
  const moveTo = async (next: number) => {
    const { isApplied, row } = await take(next, { holder, expires_at: expiresAt })
    if (isApplied) expiresAt = next
    // A change that was never answered happened after all.
    else if (row?.holder === holder) expiresAt = Number(row.expires_at)
    else isLost = true
  }
  let renewing = Promise.resolve()
  const renewal = setInterval(() => {
    // One that fails is made up for by the next: there are two more before the lease lapses.
    renewing = renewing.then(() => moveTo(Date.now() + leaseMs)).catch(() => {})
  }, renewalMs)
  renewal.unref()
  return {
    isHeld: () => !isLost,
    async release() {
      clearInterval(renewal)
      await renewing
      if (!isLost) await moveTo(0).catch(() => {})
    },
  }
}
