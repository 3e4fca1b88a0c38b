import { expect, test } from 'vitest'
import { quantile } from '../../../src/core/quantile.ts'

const hundred = Array.from({ length: 100 }, (_, at) => at + 1)

test.each([
  ['half of a hundred', hundred, 0.5, 51],
  ['99 % of a hundred', hundred, 0.99, 100],
  ['all of them: the largest', hundred, 1, 100],
  ['of one: that one', [7], 0.99, 7],
  ['of none', [], 0.5, null],
])('%s', (_, values, share, expected) => {
  expect(quantile(values, share)).toBe(expected)
})
