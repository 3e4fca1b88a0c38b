import { expect, test } from 'vitest'
import { nearest } from '../../../src/core/nearest.ts'

const words = ['count', 'count_if', 'date_format', 'size']

test.each([
  ['cuont', 'count'],
  ['cout', 'count'],
  ['countif', 'count_if'],
  ['dateformat', 'date_format'],
  ['size', 'size'],
  ['sum', null],
  ['strftime', null],
])('%s is nearest to %s', (given, word) => {
  expect(nearest(given, words)).toBe(word)
})

test('nothing is near where there is nothing', () => {
  expect(nearest('count', [])).toBeNull()
})
