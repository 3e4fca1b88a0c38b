import { describe, expect, test } from 'vitest'
import { pipeline } from '../../../../pipelines/users.ts'
import { type FlowHistory, type Hop, hopsOf } from '../../../../src/operations/flow/flow-hops.ts'
import type { FlowSample, JobGlance } from '../../../../src/operations/flow/flow-sample.ts'
import type { Run } from '../../../../src/runtime/ledger.ts'
import { mappingStatus } from '../mapping-status.ts'

const now = 1_700_000_000_000
const run: Run = {
  id: 'r1',
  state: 'succeeded',
  scheduledAt: now - 9_000,
  startedAt: now - 9_000,
  finishedAt: now - 8_000,
  cursorBefore: null,
  cursorAfter: null,
  attempts: 1,
  succeededAttempt: 1,
  limit: 100,
  seed: null,
  drift: null,
  fetched: 100,
  fetchMs: 400,
  publishMs: 100,
  error: null,
}

/** A look at `at` at topics with so many records on one partition, of which the writer has taken `written`. */
function sample(at: number, records: number, written: number, changes: Partial<FlowSample> = {}): FlowSample {
  const offsets = { start: new Map([[0, 0]]), end: new Map([[0, records]]) }
  const none = { start: new Map([[0, 0]]), end: new Map([[0, 0]]) }
  const lag = (committed: number) => [{ partition: 0, committed, end: records, lag: records - committed }]
  return {
    at,
    topics: new Map([
      ['users_created', offsets],
      ['users_enriched', offsets],
      ['users_created.dlt', none],
      ['users_enriched.dlt', none],
    ]),
    lags: new Map([
      ['sluice-users-process', lag(records)],
      ['sluice-users-write', lag(written)],
    ]),
    mappings: new Map(
      ['sluice-users-process', 'sluice-users-write'].map((id) => [
        id,
        [mappingStatus({ id, invocationMs: { p50: 5, p99: 9 } })],
      ]),
    ),
    runs: new Map([['users', [run]]]),
    paused: new Set(),
    jobs: new Map(),
    ...changes,
  }
}

function hop(id: string, history: Partial<FlowHistory>): Hop {
  const found = hopsOf(pipeline, { samples: [], waiting: new Map(), ...history }).find((each) => each.id === id)
  if (!found) throw new Error(`no hop ${id}`)
  return found
}

const flowing = [sample(now - 6_000, 100, 100), sample(now, 160, 160)]

test('hops are in the order of the flow, what branches off last', () => {
  expect(hopsOf(pipeline, { samples: flowing, waiting: new Map() }).map(({ id }) => id)).toEqual([
    'source',
    'ingest',
    'topic:users_created',
    'process',
    'topic:users_enriched',
    'write',
    'table:created_users',
    'dead-letters:users_created',
    'dead-letters:users_enriched',
    'job:signups_by_country',
  ])
})

test('figures are those of topics, groups, pollers and the ledger', () => {
  expect(hop('ingest', { samples: flowing })).toMatchObject({ rate: 10, errors: 0, p99Ms: 1_000, state: 'ok' })
  expect(hop('source', { samples: flowing })).toMatchObject({ p99Ms: 400 })
  expect(hop('topic:users_created', { samples: flowing })).toMatchObject({ rate: 10, held: [160] })
  expect(hop('write', { samples: flowing })).toMatchObject({ rate: 10, lag: 0, p99Ms: 9, state: 'ok' })
  expect(hop('table:created_users', { samples: flowing }).rate).toBe(10)
})

test('a rate needs two looks', () => {
  expect(hop('write', { samples: [sample(now, 1, 1)] }).rate).toBeNull()
})

describe('a hop that is not ok says why', () => {
  const state = (id: string, history: Partial<FlowHistory>) => {
    const { state, reason } = hop(id, history)
    return [state, reason]
  }
  const statuses = (change: Parameters<typeof mappingStatus>[0]) => ({
    mappings: new Map([['sluice-users-write', [mappingStatus(change)]]]),
  })

  test('failing without a poller', () => {
    const samples = [sample(now, 1, 1, { mappings: new Map() })]
    expect(state('write', { samples })).toEqual(['failing', expect.stringContaining('no poller runs')])
  })

  test('paused where its mapping is disabled, with what waits', () => {
    const samples = [sample(now, 1_300, 60, statuses({ state: 'Disabled' }))]
    expect(state('write', { samples })).toEqual(['paused', expect.stringContaining('1,240 records wait')])
  })

  test('failing with the poller’s own words', () => {
    const samples = [sample(now, 1, 1, statuses({ lastProcessingResult: 'PROBLEM: Function call failed' }))]
    expect(state('write', { samples })).toEqual(['failing', 'PROBLEM: Function call failed'])
  })

  test('late once it has been behind for a minute, and not before', () => {
    const behind = [sample(now - 70_000, 10, 10), sample(now - 65_000, 20, 10), sample(now, 30, 10)]
    expect(state('write', { samples: behind })).toEqual(['late', expect.stringContaining('20 records behind')])
    expect(state('write', { samples: [sample(now - 50_000, 10, 10), ...behind.slice(2)] })).toEqual(['ok', null])
  })

  test('a failed run shows at the ingest, one of the source there as well', () => {
    const failed = (code: string) => {
      const runs = new Map([['users', [{ ...run, state: 'failed' as const, error: { code, message: 'm' } }]]])
      return { samples: [sample(now, 1, 1, { runs })] }
    }
    expect(state('ingest', failed('KAFKA_UNAVAILABLE'))).toEqual(['failing', 'run r1 failed with KAFKA_UNAVAILABLE: m'])
    expect(state('source', failed('KAFKA_UNAVAILABLE'))).toEqual(['ok', null])
    expect(state('source', failed('SOURCE_REFUSED'))).toEqual(['failing', 'run r1 failed with SOURCE_REFUSED: m'])
    expect(hop('ingest', failed('SOURCE_REFUSED')).errors).toBe(1)
  })

  test('a paused schedule shows at the ingest, unless its latest run failed', () => {
    const paused = new Set(['users'])
    expect(state('ingest', { samples: [sample(now, 1, 1, { paused })] })).toEqual(['paused', 'the schedule is paused'])
    const runs = new Map([['users', [{ ...run, error: { code: 'SOURCE_REFUSED', message: 'm' } }]]])
    expect(state('ingest', { samples: [sample(now, 1, 1, { paused, runs })] })[0]).toBe('failing')
  })

  test('dead letters that wait', () => {
    const history = { samples: flowing, waiting: new Map([['users_created', 2]]) }
    expect(hop('dead-letters:users_created', history)).toMatchObject({ state: 'failing', errors: 2 })
    expect(hop('dead-letters:users_enriched', history)).toMatchObject({ state: 'ok', errors: 0 })
  })

  test('a topic that does not exist', () => {
    const samples = [sample(now, 1, 1, { topics: new Map() })]
    expect(state('topic:users_created', { samples })).toEqual(['failing', expect.stringContaining('does not exist')])
  })
})

describe('a job', () => {
  const id = 'job:signups_by_country'
  const counting = (at: number, records: number, condition: JobGlance['condition']) =>
    sample(at, 1, 1, { jobs: new Map([['signups_by_country', { condition, failure: 'JOB_FAILED: no', records }]]) })
  const both = (condition: JobGlance['condition']) => [
    counting(now - 6_000, 100, condition),
    counting(now, 220, condition),
  ]

  test('has the rate of the records that it counts, and no trouble while it runs or starts', () => {
    expect(hop(id, { samples: both('running') })).toMatchObject({ rate: 20, state: 'ok', reason: null })
    expect(hop(id, { samples: both('starting') })).toMatchObject({ state: 'ok', reason: null })
  })

  test('is failing with its failure, and paused by an operator', () => {
    expect(hop(id, { samples: both('failing') })).toMatchObject({ state: 'failing', reason: 'JOB_FAILED: no' })
    expect(hop(id, { samples: both('resting') })).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('an operator lets it rest'),
    })
  })

  test('that nobody supervises has no rate, and is no trouble of the flow', () => {
    expect(hop(id, { samples: both('unsupervised') })).toMatchObject({ rate: null, state: 'ok' })
    expect(hop(id, { samples: flowing })).toMatchObject({ rate: null, state: 'ok' })
  })
})

test('errors are those of the time that is remembered; a poller that began anew counts from 0', () => {
  const counting = (at: number, FailedInvokeEventCount: number) => {
    const { metrics } = mappingStatus()
    const status = mappingStatus({ metrics: { ...metrics, FailedInvokeEventCount } })
    return sample(at, 1, 1, { mappings: new Map([['sluice-users-write', [status]]]) })
  }
  expect(hop('write', { samples: [counting(now - 1, 4), counting(now, 6)] }).errors).toBe(2)
  expect(hop('write', { samples: [counting(now - 1, 4), counting(now, 1)] }).errors).toBe(1)
})
