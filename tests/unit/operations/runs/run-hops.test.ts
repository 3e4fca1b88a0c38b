import { describe, expect, test } from 'vitest'
import type { Account } from '../../../../src/core/accounting.ts'
import type { RunStanding, Verdict } from '../../../../src/core/run-state.ts'
import { runHopNames, runHops } from '../../../../src/operations/runs/run-hops.ts'
import type { Run } from '../../../../src/runtime/ledger.ts'
import { orders } from '../../../fixtures/orders.ts'

const run = { id: 'r', state: 'succeeded', attempts: 1, fetched: 10, error: null } as unknown as Run
const good: RunStanding = { state: 'succeeded', error: null }
const nothing = { fetched: 10, published: 10, duplicates: 0, written: 0, filtered: 0, deadLettered: 0 }
const account = (figures: Partial<Account>): Account => ({
  ...{ ...nothing, pending: 0, expired: 0, unaccounted: 0 },
  ...figures,
})

/** The hops as `kind state records`, of a run with this account, if it was judged. */
function hops(figures: Partial<Account> | null, changes: Partial<Run> = {}, standing = good): string[] {
  const verdict = figures && ({ attempts: 1, state: 'succeeded', account: account(figures) } as Verdict)
  const report = { run: { ...run, ...changes }, verdict, standing }
  return runHops(orders, report).map(({ kind, state, records }) => `${kind} ${state} ${records}`)
}

test('the hops are those of the pipeline, with where they are', () => {
  expect(runHopNames(orders).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'fetch sluice-orders-ingest',
    `publish ${orders.topic.name}`,
    `process ${orders.process?.topic.name}`,
    `write ${orders.tables.map(({ name }) => name).join(', ')}`,
    `dead-letters ${orders.topic.name}.dlt, ${orders.process?.topic.name}.dlt`,
  ])
  const { process, ...without } = orders
  expect(runHopNames(without).map(({ kind }) => kind)).toEqual(['fetch', 'publish', 'write', 'dead-letters'])
})

describe('a run that is accounted for', () => {
  test('shows what passed each hop', () => {
    expect(hops({ written: 7, filtered: 2, deadLettered: 1 })).toEqual([
      'fetch succeeded 10',
      'publish succeeded 10',
      'process succeeded 8',
      'write succeeded 7',
      'dead-letters dead-letters 1',
    ])
  })

  test('that fetched nothing shows nothing', () => {
    expect(hops({ fetched: 0, published: 0 }, { fetched: 0 })).toEqual([
      'fetch none 0',
      'publish none 0',
      'process none 0',
      'write none 0',
      'dead-letters none 0',
    ])
  })
})

test('what is lost, or on its way for too long, shows behind the topic', () => {
  expect(hops({ written: 9, unaccounted: 1 }).slice(1, 4)).toEqual([
    'publish succeeded 10',
    'process failed 10',
    'write failed 9',
  ])
  expect(hops({ written: 9, pending: 1 }).slice(1, 4)).toEqual([
    'publish succeeded 10',
    'process late 10',
    'write late 9',
  ])
})

describe('without a verdict', () => {
  const rest = (state: string) => ['publish', 'process', 'write', 'dead-letters'].map((kind) => `${kind} ${state} null`)

  test('hops may still be passed, or are late', () => {
    expect(hops(null, {}, { state: 'running', error: null })).toEqual(['fetch succeeded 10', ...rest('running')])
    expect(hops(null, {}, { state: 'late', error: null })).toEqual(['fetch succeeded 10', ...rest('late')])
  })

  test('that is on this attempt, nothing is known', () => {
    expect(hops({ written: 10 }, { attempts: 2 }, { state: 'running', error: null }).slice(1)).toEqual(rest('running'))
  })

  test('a run whose ingest failed, was skipped or goes on says so', () => {
    const error = { code: 'SOURCE_REFUSED', message: 'm' }
    expect(hops(null, { state: 'failed', error }, { state: 'failed', error })).toEqual([
      'fetch failed 10',
      ...rest('unknown'),
    ])
    expect(hops(null, { state: 'skipped' }, { state: 'skipped', error: null })).toEqual([
      'fetch skipped null',
      ...rest('skipped'),
    ])
    expect(hops(null, { state: 'running' }, { state: 'running', error: null })[0]).toBe('fetch running 10')
  })
})
