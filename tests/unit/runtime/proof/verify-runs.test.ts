import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import type { DriftReport } from '../../../../src/core/drift-report.ts'
import type { RunEvent } from '../../../../src/core/run-event.ts'
import type { Proof } from '../../../../src/runtime/proof/reconciliation.ts'
import { judge } from '../../../../src/runtime/proof/verify-runs.ts'
import { orders } from '../../../fixtures/orders.ts'

const account = { fetched: 1, published: 1, duplicates: 0, written: 1, filtered: 0, deadLettered: 0, pending: 0 }
const run = { id: 'r', state: 'succeeded', scheduledAt: Date.now(), startedAt: Date.now(), finishedAt: 1, attempts: 1 }
const proof = (unaccounted: number, drift: DriftReport | null = null) =>
  ({ run: { ...run, drift }, account: { ...account, expired: 0, unaccounted } }) as unknown as Pick<
    Proof,
    'run' | 'account'
  >

/** A table of verdicts that holds what was saved last. */
function verdicts() {
  let saved: Record<string, unknown> | null = null
  const cassandra = {
    async execute(query: string, values: unknown[]) {
      if (query.startsWith('INSERT INTO sluice.verdicts')) {
        const columns = /\((.+?)\)/.exec(query)?.[1]?.split(', ') ?? []
        saved = Object.fromEntries(columns.map((column, at) => [column, values[at]]))
      }
      return { first: () => saved }
    },
  }
  return { cassandra: cassandra as unknown as Client, saved: () => saved }
}

test('a verdict is saved and told once, and again when it is another', async () => {
  const { cassandra, saved } = verdicts()
  const told: RunEvent[] = []
  const announce = async (event: RunEvent) => void told.push(event)
  for (const unaccounted of [1, 1, 0]) await judge(orders, proof(unaccounted), { cassandra }, announce)
  expect(told.map(({ state, errorCode }) => [state, errorCode])).toEqual([
    ['failed', 'RUN_UNRECONCILED'],
    ['succeeded', null],
  ])
  expect(saved()).toMatchObject({ pipeline: 'orders', run_id: 'r', state: 'succeeded', attempts: 1, written: 1 })
})

test('a bus that is away changes no verdict', async () => {
  const { cassandra, saved } = verdicts()
  const away = () => Promise.reject(new Error('away'))
  expect(await judge(orders, proof(0), { cassandra }, away)).toMatchObject({ state: 'succeeded' })
  expect(saved()).toMatchObject({ state: 'succeeded' })
})

test('the verdict on a run whose source drifted says how often, and names no field', async () => {
  const told: RunEvent[] = []
  const line = {
    kind: 'unknown',
    field: 'x@example.org',
    found: 'string',
    effect: 'left-out',
    policy: 'discard',
  } as const
  const drift = { lines: [{ ...line, count: 20, sample: { value: 0, path: 'x@example.org' } }], others: 2 }
  await judge(orders, proof(0, drift), verdicts(), async (event) => void told.push(event))
  expect(told.map((event) => event.drift)).toEqual([
    { unknown: 20, missing: 0, changed: 0, others: 2, deadLettered: 0 },
  ])
  expect(JSON.stringify(told)).not.toContain('example.org')
})
