import { expect, test } from 'vitest'
import { compareCount, compareRows } from '../../../src/demos/check.ts'

const row = (id: string, count: number, mean = 1.5) => ({ id, count, mean })
const compare = (expected: object[], found: object[], estimates = {}) =>
  compareRows({
    ...{ what: 'sums', comparedWith: 'orders', key: ['id'], estimates },
    expected: expected as Record<string, unknown>[],
    found: found as Record<string, unknown>[],
  })

test('the same rows in another order are equal', () => {
  const check = compare([row('a', 1), row('b', 2)], [row('b', 2), row('a', 1)])
  expect(check).toEqual({
    what: 'sums',
    comparedWith: 'orders',
    expected: 2,
    found: 2,
    isEqual: true,
    differences: [],
  })
})

test.each<[string, object[], string]>([
  ['a row that is missing', [row('a', 1)], 'b: no row'],
  ['a row too many', [row('a', 1), row('b', 2), row('c', 3)], 'c: a row that is not expected'],
  ['another value', [row('a', 1), row('b', 3)], 'b: count is 3, expected 2'],
  ['no value', [row('a', 1), { id: 'b', count: null, mean: 1.5 }], 'b: count is null, expected 2'],
  ['a value just beside', [row('a', 1), row('b', 2, 1.5001)], 'b: mean is 1.5001, expected 1.5'],
])('%s is told', (_, found, difference) => {
  const check = compare([row('a', 1), row('b', 2)], found)
  expect(check).toMatchObject({ isEqual: false, differences: [difference] })
})

test('keys that are expected twice are told', () => {
  expect(compare([row('a', 1), row('a', 1)], [row('a', 1)])).toMatchObject({ isEqual: false })
})

test('the order of adding may show in the last digits of a sum, and in whole numbers never', () => {
  expect(compare([row('a', 1, 0.1 + 0.2)], [row('a', 1, 0.3)]).isEqual).toBe(true)
  expect(compare([row('a', 1_000_000_000)], [row('a', 1_000_000_001)]).isEqual).toBe(false)
})

test('an estimate may be off by its part, or by one', () => {
  const estimates = { count: 0.25 }
  expect(compare([row('a', 100)], [row('a', 125)], estimates).isEqual).toBe(true)
  expect(compare([row('a', 100)], [row('a', 126)], estimates).isEqual).toBe(false)
  expect(compare([row('a', 2)], [row('a', 3)], estimates).isEqual).toBe(true)
})

test('five differences are told', () => {
  const expected = Array.from({ length: 9 }, (_, n) => row(`r${n}`, n))
  expect(compare(expected, []).differences).toHaveLength(5)
})

test('a count that differs says both', () => {
  expect(compareCount('records', 'topic', 3, 3)).toMatchObject({ isEqual: true, differences: [] })
  expect(compareCount('records', 'topic', 3, 2)).toMatchObject({
    isEqual: false,
    differences: ['expected 3, found 2'],
  })
})
