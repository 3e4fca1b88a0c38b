import { describe, expect, test } from 'vitest'
import type { Account } from '../../../../src/core/accounting.ts'
import { isProven, proofLine, proofTable } from '../../../../src/operations/runs/proof-text.ts'
import type { Proof } from '../../../../src/runtime/proof/reconciliation.ts'
import { orders, ordersWithoutProcess } from '../../../fixtures/orders.ts'

const proof = (change: Partial<Account> = {}): Proof => ({
  pipeline: 'orders',
  processed: { records: 1_996, ms: 88.4 },
  run: {
    id: '20260301T100000Z-abcdefgh',
    state: 'succeeded',
    scheduledAt: 0,
    startedAt: 0,
    finishedAt: 1,
    cursorBefore: null,
    cursorAfter: null,
    attempts: 1,
    succeededAttempt: 1,
    limit: 10,
    seed: null,
    fetched: 2_000,
    fetchMs: 1_234.4,
    publishMs: 55,
    drift: null,
    error: null,
  },
  account: {
    fetched: 2_000,
    published: 1_999,
    filtered: 3,
    written: 1_995,
    deadLettered: 2,
    pending: 0,
    duplicates: 0,
    expired: 0,
    unaccounted: 0,
    ...change,
  },
})

test('the table has a line a hop with count, place and duration', () => {
  expect(proofTable(orders, proof(), 1_500)).toEqual([
    'orders: run 20260301T100000Z-abcdefgh succeeded',
    '  fetched          2,000   from the source             1,234 ms',
    '  published        1,999   to topic orders                55 ms',
    '  processed        1,996   to topic totals                88 ms',
    '  filtered             3   on purpose',
    '  written          1,995   to table order_totals       1,500 ms',
    '  dead letters         2   in orders.dlt, totals.dlt',
    '  pending              0   on their way',
    '  duplicates           0   published again',
    '  unaccounted          0   must be 0',
    '  proven: every fetched record is a row, was filtered on purpose, or is a dead letter with a reason',
  ])
})

test('a duration that nobody measured is left out', () => {
  const lines = proofTable(ordersWithoutProcess, { ...proof(), processed: null }, null)
  expect(lines.find((line) => line.startsWith('  processed'))).toBeUndefined()
  expect(lines.find((line) => line.startsWith('  written'))).toMatch(/to table plain_orders$/)
  expect(lines.find((line) => line.startsWith('  dead letters'))).toMatch(/in plain_orders\.dlt$/)
})

test('what is past retention is a line of its own, where there is any', () => {
  expect(proofTable(orders, proof(), null).join('\n')).not.toContain('expired')
  expect(proofTable(orders, proof({ expired: 4 }), null)).toContain('  expired              4   past retention')
})

describe('the verdict', () => {
  const verdict = (change: Partial<Account>) => proofTable(orders, proof(change), null).at(-1)?.trim()

  test.each<[Partial<Account>, RegExp, boolean]>([
    [{}, /^proven: /, true],
    [{ expired: 1, duplicates: 1 }, /^proven: /, true],
    [{ pending: 2 }, /^not settled yet: 2 records are on their way$/, false],
    [{ unaccounted: 1 }, /^NOT PROVEN: 1 of the fetched records cannot be accounted for$/, false],
    [{ unaccounted: 1, pending: 2 }, /^NOT PROVEN: /, false],
  ])('of %j', (change, sentence, proven) => {
    expect(verdict(change)).toMatch(sentence)
    expect(isProven(proof(change))).toBe(proven)
  })

  test('of a run that has not ended is open, whatever became of its records so far', () => {
    const { run, ...rest } = proof()
    const running: Proof = { ...rest, run: { ...run, state: 'running' } }
    expect(proofTable(orders, running, null).at(-1)).toBe('  not settled yet: the run has not ended')
    expect(isProven(running)).toBe(false)
  })
})

test('table and line of a failed run say why it failed', () => {
  const { run, ...rest } = proof()
  const error = { code: 'RUN_EMPTY', message: 'the source gave no value' } as const
  const failed: Proof = { ...rest, run: { ...run, state: 'failed', error } }
  expect(proofTable(orders, failed, null).at(-1)).toBe('  RUN_EMPTY: the source gave no value')
  expect(proofLine(failed)).toMatch(/ 0 unaccounted {2}RUN_EMPTY: the source gave no value$/)
})

test('the line says the same at a glance', () => {
  expect(proofLine(proof({ pending: 1 }))).toBe(
    'orders  20260301T100000Z-abcdefgh  succeeded  2000 fetched, 1995 written, 3 filtered, 2 dead letters, 1 pending, 0 unaccounted',
  )
})
