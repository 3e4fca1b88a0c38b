import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import type { Clients } from '../../../../src/operations/clients.ts'
import { anomaliesSince } from '../../../../src/operations/flow/anomalies.ts'
import type { Incident } from '../../../../src/operations/flow/flow.ts'
import { type HeldRecord, memoryKafka } from '../../../fixtures/memory-kafka.ts'
import { orders } from '../../../fixtures/orders.ts'

const since = 1_000
const [first, second] = [orders.topic.name, orders.process?.topic.name ?? '']

/** Runs as the ledger's table has them. */
const run = (run_id: string, state: string, started_at: number, code: string | null = null) => ({
  ...{ run_id, state, started_at, scheduled_at: started_at, finished_at: started_at + 5, attempts: 1 },
  ...{ error_code: code, error_message: code && 'it did not answer', cursor_before: null, cursor_after: null },
  ...{ succeeded_attempt: null, record_limit: 1, seed: null, fetched: 0, fetch_ms: 0, publish_ms: 0, drift: null },
})

const letter = (at: number, offset: number): HeldRecord => ({
  at,
  value: 'v',
  headers: {
    'sluice-dead-letter-origin': `${first}/0/${offset}`,
    'sluice-dead-letter-code': 'RECORD_INVALID',
    'sluice-dead-letter-reason': 'field "amount" is missing',
  },
})

function clients(runs: object[], letters: HeldRecord[]): Clients {
  const empty = [{ start: 0, records: [] }]
  const topics = { [first]: empty, [`${first}.parked`]: empty, [second]: empty, [`${second}.parked`]: empty }
  const dead = { [`${first}.dlt`]: [{ start: 0, records: letters }], [`${second}.dlt`]: empty }
  const cassandra = { execute: async () => ({ rows: runs, pageState: null }) } as unknown as Client
  return { ...memoryKafka({ ...topics, ...dead }), cassandra } as Clients
}

const incident = (hop: string, state: Incident['state'], since: number): Incident => ({
  ...{ pipeline: 'orders', hop, name: hop, state, reason: 'for a reason', since, until: null },
})

test('those of the time are listed, newest first: failed runs, dead letters by code, hops that were not well', async () => {
  const runs = [
    run('r3', 'failed', 1_300, 'SOURCE_UNAVAILABLE'),
    run('r2', 'succeeded', 1_200),
    run('r1', 'failed', 900, 'X'),
  ]
  const letters = [letter(500, 1), letter(1_100, 2), letter(1_400, 3)]
  const hops = [incident('write', 'late', 1_350), incident('process', 'failing', 1_050)]
  const found = await anomaliesSince(since, [orders], hops, clients(runs, letters))
  expect(found.map(({ kind, severity, subject, since }) => [kind, severity, subject, since])).toEqual([
    ['hop', 'warning', 'write', 1_350],
    ['run', 'problem', 'r3', 1_300],
    ['dead-letters', 'problem', first, 1_100],
    ['hop', 'problem', 'process', 1_050],
  ])
  expect(found[1]?.what).toBe('failed with SOURCE_UNAVAILABLE: it did not answer')
  expect(found[2]).toMatchObject({
    what: '2 dead letters with RECORD_INVALID: field "amount" is missing; 2 wait',
    until: 1_400,
  })
})

test('a job that fails is told as one', async () => {
  const [found] = await anomaliesSince(since, [orders], [incident('job:order_sums', 'failing', 1_100)], clients([], []))
  expect(found).toMatchObject({ kind: 'job', severity: 'problem', what: 'failing: for a reason' })
})

test('a failing ingest and waiting dead letters are not told twice', async () => {
  const hops = [
    incident('ingest', 'failing', 1_100),
    incident('source', 'failing', 1_100),
    incident(`dead-letters:${first}`, 'failing', 1_100),
  ]
  expect(await anomaliesSince(since, [orders], hops, clients([], []))).toEqual([])
})
