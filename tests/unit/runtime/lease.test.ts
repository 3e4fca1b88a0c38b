import type { Client } from 'cassandra-driver'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { leaseMs, takeLease } from '../../../src/runtime/lease.ts'

/** A table of leases as Cassandra keeps it; `lost` lets that many answers to changes go astray. */
function leases() {
  const state = { row: null as null | { holder: string; expires_at: number }, lost: 0 }
  const answer = (isApplied: boolean) => ({ wasApplied: () => isApplied, first: () => (isApplied ? null : state.row) })
  const client = {
    async execute(query: string, values: unknown[]) {
      if (query.startsWith('INSERT')) {
        if (state.row) return answer(false)
        state.row = { holder: String(values[2]), expires_at: Number(values[3]) }
        return answer(true)
      }
      const [holder, expiresAt, , , wasHolder, wasExpiresAt] = values
      if (state.row?.holder !== wasHolder || state.row?.expires_at !== Number(wasExpiresAt)) return answer(false)
      state.row = { holder: String(holder), expires_at: Number(expiresAt) }
      if (state.lost-- > 0) throw new Error('no answer')
      return answer(true)
    },
  }
  return { state, client: client as unknown as Client }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a lease is renewed as long as it is held, and anybody’s once given back', async () => {
  const { client, state } = leases()
  const lease = await takeLease(client, 'p', 'run r')
  await vi.advanceTimersByTimeAsync(3 * leaseMs)
  expect(lease?.isHeld()).toBe(true)
  expect(state.row?.expires_at).toBe(Date.now() + leaseMs)
  await lease?.release()
  expect(await takeLease(client, 'p', 'run r')).not.toBeNull()
})

test('a renewal whose answer was lost loses no lease', async () => {
  const { client, state } = leases()
  const lease = await takeLease(client, 'p', 'run r')
  state.lost = 1
  await vi.advanceTimersByTimeAsync(leaseMs)
  expect(lease?.isHeld()).toBe(true)
  await lease?.release()
  expect(state.row?.expires_at).toBe(0)
})

test('one that lapsed is taken over, and its holder of before learns of it and leaves it alone', async () => {
  const { client, state } = leases()
  const before = await takeLease(client, 'p', 'run r')
  vi.setSystemTime(Date.now() + leaseMs + 1)
  const heir = await takeLease(client, 'p', 'run r')
  await vi.advanceTimersByTimeAsync(leaseMs)
  expect([before?.isHeld(), heir?.isHeld()]).toEqual([false, true])
  const { row } = state
  await before?.release()
  expect(state.row).toEqual(row)
  await heir?.release()
})

test('Cassandra that is away fails the attempt', async () => {
  const away = { execute: async () => Promise.reject(new Error('away')) } as unknown as Client
  await expect(takeLease(away, 'p', 'run r')).rejects.toMatchObject({ code: 'CASSANDRA_UNAVAILABLE' })
})
