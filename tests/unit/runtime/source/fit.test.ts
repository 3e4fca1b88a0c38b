import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { DriftPolicies } from '../../../../src/core/drift.ts'
import { driftCounter } from '../../../../src/core/drift-report.ts'
import type { Pipeline } from '../../../../src/core/pipeline.ts'
import { fitted, pathOf } from '../../../../src/runtime/source/fit.ts'
import { orders } from '../../../fixtures/orders.ts'

const order = v.object({
  id: v.pipe(v.string(), v.regex(/^o/)),
  amount: v.number(),
  note: v.optional(v.string()),
  size: v.optional(v.string(), 'medium'),
  buyer: v.object({ name: v.nullable(v.string()) }),
})
const whole = { id: 'o1', amount: 1, size: 'large', buyer: { name: 'B' } }

/** What becomes of a value: its form and what is kept, or the message; and the lines of the report. */
async function outcomeOf(value: unknown, drift: DriftPolicies = {}) {
  const counter = driftCounter()
  const source = { ...orders.source, value: order, drift } as unknown as Pipeline['source']
  const outcome = await fitted({ ...orders, source }, value, (each, outcome) => counter.note(0, each, outcome)).catch(
    (error: Error) => error.message,
  )
  const lines = counter.report()?.lines ?? []
  return { outcome, drift: lines.map(({ kind, field, found, effect }) => [kind, field, found, effect].join(' ')) }
}

test('a value that fits is as its schema makes it, and no drift', async () => {
  expect(await outcomeOf({ ...whole, note: 'n' })).toEqual({
    outcome: { value: { ...whole, note: 'n' }, kept: {} },
    drift: [],
  })
})

test('an optional field without a default is missed by nobody', async () => {
  expect((await outcomeOf(whole, { missing: 'freeze' })).drift).toEqual([])
})

describe('an unknown field', () => {
  const value = { ...whole, buyer: { name: 'B', vip: { since: 2020 } } }
  test.each([
    [undefined, { value: whole, kept: {} }, 'left-out'],
    ['discard', { value: whole, kept: {} }, 'left-out'],
    ['evolve', { value: whole, kept: { 'buyer.vip': '{"since":2020}' } }, 'kept'],
    ['freeze', 'the fetched value has an unknown "buyer.vip"', 'dead-letter'],
  ] as const)('with the policy %s', async (unknown, outcome, effect) => {
    const policies = unknown === undefined ? {} : { unknown }
    expect(await outcomeOf(value, policies)).toEqual({ outcome, drift: [`unknown buyer.vip object ${effect}`] })
  })
})

describe('a missing field', () => {
  const { size, ...value } = whole
  const filled = { value: { ...whole, size: 'medium' }, kept: {} }
  test.each([
    [undefined, filled, 'filled-in'],
    ['discard', filled, 'filled-in'],
    ['evolve', filled, 'filled-in'],
    ['freeze', 'the fetched value has no "size"', 'dead-letter'],
  ] as const)('with a default and the policy %s', async (missing, outcome, effect) => {
    const policies = missing === undefined ? {} : { missing }
    expect(await outcomeOf(value, policies)).toEqual({ outcome, drift: [`missing size  ${effect}`] })
  })

  test('that may be null is null', async () => {
    expect(await outcomeOf({ ...whole, buyer: {} })).toEqual({
      outcome: { value: { ...whole, buyer: { name: null } }, kept: {} },
      drift: ['missing buyer.name  filled-in'],
    })
  })

  test.each(['discard', 'evolve', 'freeze'] as const)(
    'that cannot be done without is a dead letter with %s',
    async (missing) => {
      const { amount, ...value } = whole
      expect(await outcomeOf(value, { missing })).toEqual({
        outcome: 'the fetched value does not fit at "amount"',
        drift: ['missing amount  dead-letter'],
      })
    },
  )
})

describe('a field of another type', () => {
  const value = { ...whole, size: 7, note: ['n'], buyer: { name: 5 } }
  const taken = { id: 'o1', amount: 1, size: 'medium', buyer: { name: null } }
  const drift = (effect: string) => [
    `changed note array ${effect}`,
    `changed size integer ${effect}`,
    `changed buyer.name integer ${effect}`,
  ]
  test.each([
    [undefined, 'the fetched value does not fit at "note"', 'dead-letter'],
    ['freeze', 'the fetched value does not fit at "note"', 'dead-letter'],
    ['discard', { value: taken, kept: {} }, 'left-out'],
    ['evolve', { value: taken, kept: { size: '7', note: '["n"]', 'buyer.name': '5' } }, 'kept'],
  ] as const)('with the policy %s', async (changed, outcome, effect) => {
    const policies = changed === undefined ? {} : { changed }
    const got = await outcomeOf(value, policies)
    expect(got).toEqual({ outcome, drift: expect.arrayContaining(drift(effect)) })
    expect(got.drift).toHaveLength(3)
  })

  test('that cannot be done without is a dead letter, and all that drifted in it is said', async () => {
    expect(await outcomeOf({ ...value, amount: '1' }, { changed: 'evolve' })).toEqual({
      outcome: expect.stringMatching(/^the fetched value does not fit at "/),
      drift: expect.arrayContaining([...drift('dead-letter'), 'changed amount string dead-letter']),
    })
  })

  test('leaves the fetched value as it was', async () => {
    const before = structuredClone(value)
    await outcomeOf(value, { changed: 'evolve' })
    expect(value).toEqual(before)
  })
})

test('a value of the right type and a wrong form is bad, and no drift', async () => {
  expect(await outcomeOf({ ...whole, id: 'x' }, { changed: 'discard' })).toEqual({
    outcome: 'the fetched value does not fit at "id"',
    drift: [],
  })
})

test.each([null, 'text', 7, []])('%j in place of a value is a dead letter', async (value) => {
  expect(await outcomeOf(value, { changed: 'discard', missing: 'discard' })).toMatchObject({
    outcome: expect.stringMatching(/^the fetched value does not fit at "/),
  })
})

test('the path of an issue is names, and numbers of items', () => {
  expect(pathOf({ message: '', path: ['a', { key: 0 }, 'b'] })).toEqual(['a', 0, 'b'])
  expect(pathOf({ message: '' })).toEqual([])
  expect(pathOf(undefined)).toEqual([])
})
