/**
 * What the ledger owes, against a real Cassandra.
 */
import { randomUUID } from 'node:crypto'
import type { Client } from 'cassandra-driver'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectCassandra } from '../../../src/connect/cassandra.ts'
import { createKeyspace, createTable } from '../../../src/core/cql.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'
import { ledgerTables } from '../../../src/core/ledger.ts'
import { keyspace } from '../../../src/core/names.ts'
import type { Verdict } from '../../../src/core/run-state.ts'
import { leaseMs, takeLease } from '../../../src/runtime/lease.ts'
import { type Ledger, ledgerOf, type Run } from '../../../src/runtime/ledger.ts'
import { runHistoryOf } from '../../../src/runtime/run-history.ts'

const run = (id: string, change: Partial<Run> = {}): Run => ({
  id,
  state: 'running',
  scheduledAt: 1_700_000_000_000,
  startedAt: 1_700_000_000_123,
  finishedAt: null,
  cursorBefore: null,
  cursorAfter: null,
  attempts: 1,
  succeededAttempt: null,
  limit: 10,
  seed: null,
  fetched: 0,
  drift: null,
  fetchMs: 0,
  publishMs: 0,
  error: null,
  ...change,
})

/** Tests of the ledger's round trip. */
export function ledgerContract(endpoints: () => Endpoints): void {
  let client: Client
  let pipeline: string
  let ledger: Ledger
  beforeAll(async () => {
    client = connectCassandra(endpoints().cassandra)
    await client.connect()
    for (const statement of [createKeyspace(keyspace), ...ledgerTables.map((table) => createTable(keyspace, table))]) {
      await client.execute(statement, [], { prepare: false })
    }
    pipeline = `tests-${randomUUID()}`
    ledger = ledgerOf(client, pipeline)
  })
  afterAll(() => client.shutdown())

  test('a run comes back as it was saved last', async () => {
    const begun = run('20260101T000000Z-a')
    await ledger.save(begun)
    expect(await ledger.run(begun.id)).toEqual(begun)
    const ended: Run = {
      ...begun,
      state: 'failed',
      finishedAt: begun.startedAt + 5,
      cursorBefore: { page: 2, at: 'x' },
      cursorAfter: { page: 3 },
      attempts: 3,
      succeededAttempt: 2,
      fetched: 2_000,
      fetchMs: 12,
      publishMs: 34,
      error: { code: 'KAFKA_UNAVAILABLE', message: "it's away" },
    }
    await ledger.save(ended)
    expect(await ledger.run(begun.id)).toEqual(ended)
    expect(await ledger.run('none')).toBeNull()
  })

  test('the latest runs come newest first, those of other pipelines not at all', async () => {
    const own = ledgerOf(client, `${pipeline}-latest`)
    for (const id of ['20260101T000000Z-b', '20260103T000000Z-c', '20260102T000000Z-d']) await own.save(run(id))
    expect((await own.latestRuns(2)).map(({ id }) => id)).toEqual(['20260103T000000Z-c', '20260102T000000Z-d'])
    expect(await ledgerOf(client, `${pipeline}-none`).latestRuns(5)).toEqual([])
  })

  test('runs of a range of times come oldest first, its end left out', async () => {
    const own = ledgerOf(client, `${pipeline}-range`)
    for (const day of ['03', '01', '02']) await own.save(run(`202601${day}T000000Z-schedule`))
    const found = await runHistoryOf(client, `${pipeline}-range`).runsBetween(
      Date.UTC(2026, 0, 1),
      Date.UTC(2026, 0, 3),
    )
    expect(found.map(({ id }) => id)).toEqual(['20260101T000000Z-schedule', '20260102T000000Z-schedule'])
  })

  test('a verdict comes back as it was saved, and its run is found by its state', async () => {
    const own = runHistoryOf(client, `${pipeline}-verdicts`)
    const account = { fetched: 9, published: 8, filtered: 1, written: 2, deadLettered: 3, pending: 4, duplicates: 5 }
    const verdict: Verdict = {
      state: 'failed',
      attempts: 2,
      seenAt: 1_700_000_000_000,
      error: { code: 'RUN_UNRECONCILED', message: 'one is lost' },
      account: { ...account, expired: 6, unaccounted: 7 },
    }
    expect(await own.verdict('a')).toBeNull()
    await own.saveVerdict('a', verdict)
    await ledgerOf(client, `${pipeline}-verdicts`).save(run('b', { state: 'failed' }))
    expect(await own.verdict('a')).toEqual(verdict)
    expect([...(await own.verdictsAmong(['a']))]).toEqual([['a', verdict]])
    expect((await own.verdictsAmong(['aa', 'b'])).size).toBe(0)
    expect(await own.runsThatWere('failed', 5)).toEqual(['b', 'a'])
    expect(await own.runsThatWere('late', 5)).toEqual([])
  })

  test('a run is open until its verdict is final, also one of long ago, and one that failed is not', async () => {
    const name = `${pipeline}-open`
    const [own, history] = [ledgerOf(client, name), runHistoryOf(client, name)]
    const [old, late, failed] = ['20200101T000000Z-a', '20260101T000000Z-b', '20260102T000000Z-c']
    for (const id of [old, late, failed]) await own.save(run(id))
    await own.save(run(old, { state: 'succeeded', attempts: 2 }))
    await own.save(run(failed, { state: 'failed' }))
    expect(await history.openRuns(5)).toEqual([late, old])
    const figures = { fetched: 0, published: 0, filtered: 0, written: 0, deadLettered: 0, pending: 0, duplicates: 0 }
    const seen = { seenAt: 1_700_000_000_000, error: null, account: { ...figures, expired: 0, unaccounted: 0 } }
    await history.saveVerdict(late, { ...seen, state: 'late', attempts: 1 })
    await history.saveVerdict(old, { ...seen, state: 'succeeded', attempts: 1 })
    expect(await history.openRuns(5)).toEqual([late, old])
    await history.saveVerdict(old, { ...seen, state: 'succeeded', attempts: 2 })
    expect(await history.openRuns(5)).toEqual([late])
  })

  test('a lease has one holder among many who want it, then the next once it is given back', async () => {
    const takers = await Promise.all(Array.from({ length: 8 }, () => takeLease(client, pipeline, 'run many')))
    const holders = takers.filter((lease) => lease !== null)
    expect(holders).toHaveLength(1)
    expect(holders[0]?.isHeld()).toBe(true)
    await holders[0]?.release()
    const next = await takeLease(client, pipeline, 'run many')
    expect(next?.isHeld()).toBe(true)
    await next?.release()
  }, 60_000)

  test('a lease that nobody renews is taken over, and its holder of before learns of it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const dead = await takeLease(client, pipeline, 'run dead')
      const heir = await takeLease(client, pipeline, 'run dead')
      expect([dead?.isHeld(), heir?.isHeld()]).toEqual([true, true])
      await vi.advanceTimersByTimeAsync(leaseMs)
      await dead?.release()
      expect([dead?.isHeld(), heir?.isHeld()]).toEqual([false, true])
      await heir?.release()
    } finally {
      vi.useRealTimers()
    }
  }, 60_000)

  test('all published ranges of a run come back, more than one page of them, each once', async () => {
    const ranges = Array.from({ length: 5_100 }, (_, index) => ({
      topic: index % 2 === 0 ? 'orders' : 'orders.dlt',
      partition: index % 6,
      firstOffset: index * 10 + 2 ** 33,
      recordIds: [`id-${index}`, "o'neil"],
      attempt: '1-a',
      numbers: [2 * index, 2 * index + 1],
    }))
    for (let at = 0; at < ranges.length; at += 300) {
      await Promise.all(ranges.slice(at, at + 300).map((range) => ledger.savePublished('many', range)))
    }
    await ledger.savePublished('many', ranges[0] as (typeof ranges)[0])
    const byOffset = (a: { firstOffset: number }, b: { firstOffset: number }) => a.firstOffset - b.firstOffset
    expect((await ledger.published('many')).sort(byOffset)).toEqual(ranges)
    expect(await ledger.published('none')).toEqual([])
  })

  test('what each attempt fetched comes back attempt by attempt, in the order of the values', async () => {
    const pages = ['1-b', '2-a'].flatMap((attempt) =>
      [0, 500, 1_000].map((firstNumber) => ({ attempt, firstNumber, recordIds: [`id-${firstNumber}`, 'id-x'] })),
    )
    for (const page of pages.toReversed()) await ledger.saveFetched('attempts', page)
    expect(await ledger.fetched('attempts')).toEqual(pages)
    expect(await ledger.fetched('none')).toEqual([])
    const empty = { attempt: '1-a', firstNumber: 0, recordIds: [] }
    await ledger.saveFetched('empty', empty)
    expect(await ledger.fetched('empty')).toEqual([empty])
  })

  test('the cursor is what was saved last, null before that', async () => {
    expect(await ledger.cursor()).toBeNull()
    await ledger.saveCursor('r1', { page: 2 })
    await ledger.saveCursor('r2', { page: 3, since: '2026-01-01' })
    expect(await ledger.cursor()).toEqual({ page: 3, since: '2026-01-01' })
  })

  test('without Cassandra it fails as CASSANDRA_UNAVAILABLE', async () => {
    const gone = connectCassandra(endpoints().cassandra)
    await gone.connect()
    await gone.shutdown()
    const unavailable = { code: 'CASSANDRA_UNAVAILABLE', retryable: true }
    await expect(ledgerOf(gone, pipeline).save(run('x'))).rejects.toMatchObject(unavailable)
    await expect(ledgerOf(gone, pipeline).cursor()).rejects.toMatchObject(unavailable)
  })
}
