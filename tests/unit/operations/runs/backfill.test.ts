import { describe, expect, test } from 'vitest'
import type { RunOutcome } from '../../../../src/core/run-state.ts'
import { type BackfillChoice, backfillRange, planBackfill } from '../../../../src/operations/runs/backfill.ts'
import type { RunReport } from '../../../../src/operations/runs/runs.ts'
import type { Run } from '../../../../src/runtime/ledger.ts'
import { runRequest } from '../../../../src/runtime/run-request.ts'
import { orders } from '../../../fixtures/orders.ts'

const pipeline = { ...orders, source: { ...orders.source, schedule: 'rate(1 hour)' } }
const hour = (at: number, minute = 0) => Date.UTC(2026, 2, 1, at, minute)

function ran(at: number, state: RunOutcome, minute = 7): RunReport {
  const scheduledAt = hour(at, minute)
  const { id } = runRequest({ id: 'abcdefgh-1', time: new Date(scheduledAt).toISOString(), run: {} }, 1)
  const run = { id, scheduledAt, limit: 5, seed: 's' } as Run
  return { run, verdict: null, standing: { state, error: null } }
}

const runs = [ran(10, 'succeeded'), ran(12, 'failed'), ran(13, 'failed'), ran(13, 'succeeded', 30), ran(14, 'running')]

describe.each<[BackfillChoice, string[]]>([
  ['missing', ['20260301T110000Z-schedule missing']],
  ['failed', ['20260301T120700Z-abcdefgh failed']],
  [
    'all',
    [
      '20260301T100700Z-abcdefgh asked',
      '20260301T110000Z-schedule missing',
      '20260301T120700Z-abcdefgh failed',
      '20260301T133000Z-abcdefgh asked',
    ],
  ],
])('a backfill of %s', (choice, planned) => {
  const plan = planBackfill(pipeline, runs, { from: hour(10), to: hour(15), choice })
  test('plans each time that wants a run, and none that has one going on', () => {
    expect(plan.map(({ run, because }) => `${run} ${because}`)).toEqual(planned)
  })
  test('asks by an event that gives that very run', () => {
    for (const { run, event } of plan) expect(runRequest(event, 1)).toMatchObject({ id: run, isTick: false })
  })
})

test('a run that is done again asks for as much as before, with the same seed', () => {
  const [again] = planBackfill(pipeline, runs, { from: hour(12), to: hour(13), choice: 'failed' })
  expect(again?.event.run).toEqual({ records: 5, seed: 's' })
})

test('what never began is new and reads on: a time without a run, and one whose run was skipped', () => {
  const known = [ran(10, 'skipped'), ran(11, 'failed')]
  const plan = planBackfill(pipeline, known, { from: hour(10), to: hour(13), choice: 'all' })
  expect(plan.map(({ because, isNew }) => [because, isNew])).toEqual([
    ['failed', true],
    ['failed', false],
    ['missing', true],
  ])
})

describe('a range', () => {
  const now = hour(12)
  const day = 86_400_000

  test('is one of the past 30 days', () => {
    expect(backfillRange(hour(10), now, now)).toEqual({ from: hour(10), to: now })
  })

  test.each([
    ['ends in the future', hour(10), now + 1],
    ['ends before it begins', hour(11), hour(10)],
    ['is empty', hour(11), hour(11)],
    ['begins before the ledger does', now - 30 * day, now],
  ])('that %s is refused', (_, from, to) => {
    expect(() => backfillRange(from, to, now)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }))
  })
})
