import { describe, expect, test } from 'vitest'
import type { Account } from '../../../src/core/accounting.ts'
import { deadlineOf, type IngestState, standingOf, verdictOf } from '../../../src/core/run-state.ts'
import { orders } from '../../fixtures/orders.ts'

const run: IngestState = {
  id: 'r',
  state: 'succeeded',
  scheduledAt: 1_000,
  startedAt: 2_000,
  finishedAt: 3_000,
  attempts: 1,
  error: null,
}
const account: Account = {
  fetched: 3,
  published: 3,
  duplicates: 0,
  written: 3,
  filtered: 0,
  deadLettered: 0,
  pending: 0,
  expired: 0,
  unaccounted: 0,
}
const inTime = deadlineOf(orders, run)
const late = inTime + 1

describe('a verdict', () => {
  test.each([
    ['all accounted for', run, account, inTime, 'succeeded', null],
    ['all accounted for after the deadline', run, account, late, 'succeeded', null],
    ['records on their way', run, { ...account, pending: 1 }, inTime, undefined, undefined],
    ['records on their way after the deadline', run, { ...account, pending: 1 }, late, 'late', 'RUN_LATE'],
    ['records lost', run, { ...account, unaccounted: 1, pending: 1 }, inTime, 'failed', 'RUN_UNRECONCILED'],
    ['an ingest that goes on', { ...run, state: 'running' as const }, account, inTime, undefined, undefined],
    ['an ingest that died', { ...run, state: 'running' as const }, account, late, 'late', 'RUN_LATE'],
    ['an ingest that failed', { ...run, state: 'failed' as const }, account, late, undefined, undefined],
  ])('on %s', (_, ingest, found, now, state, code) => {
    const verdict = verdictOf(orders, ingest, found, now)
    expect([verdict?.state, verdict ? (verdict.error?.code ?? null) : undefined]).toEqual([state, code])
  })
})

describe('a run', () => {
  const verdict = verdictOf(orders, run, account, inTime)
  test('runs until its verdict, is late after its deadline, and then as the verdict says', () => {
    expect(standingOf(orders, run, null, inTime).state).toBe('running')
    expect(standingOf(orders, run, null, late)).toMatchObject({ state: 'late', error: { code: 'RUN_LATE' } })
    expect(standingOf(orders, run, verdict, late)).toEqual({ state: 'succeeded', error: null })
  })

  test('that is done again is no longer what was found of the attempt before', () => {
    expect(standingOf(orders, { ...run, attempts: 3 }, verdict, inTime).state).toBe('running')
    expect(standingOf(orders, { ...run, attempts: 2, state: 'running' }, verdict, inTime).state).toBe('running')
  })

  test('that failed at its ingest has its error, whatever the verdict', () => {
    const error = { code: 'RUN_EMPTY', message: 'nothing' }
    expect(standingOf(orders, { ...run, state: 'failed', error }, verdict, late)).toEqual({ state: 'failed', error })
  })

  test('has the deadline of its pipeline, from when it began where that was belated', () => {
    const quick = { ...orders, source: { ...orders.source, deadlineMs: 5 } }
    expect(deadlineOf(quick, run)).toBe(2_005)
    expect(deadlineOf(quick, { ...run, startedAt: 900 })).toBe(1_005)
    expect(deadlineOf(quick, { ...run, attempts: 2 })).toBe(3_005)
    expect(deadlineOf(quick, { ...run, attempts: 2, finishedAt: null })).toBe(2_005)
  })
})
