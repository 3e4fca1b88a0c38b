import fc from 'fast-check'
import { expect, test } from 'vitest'
import { median, robustScore, spreadOf } from '../../../src/core/robust-score.ts'

test('the median is the middle value, or halfway between two', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 6])).toBe(5.5)
  expect(median([])).toBeNaN()
})

test('the spread is that of most values, whatever a few of them are', () => {
  expect(spreadOf([1, 2, 3, 4, 5])).toEqual({ median: 3, mad: 1 })
  expect(spreadOf([1, 2, 3, 4, 5_000])).toEqual({ median: 3, mad: 1 })
})

test('a score is in standard deviations, without sign, and never of a spread below the least', () => {
  expect(robustScore(13, { median: 3, mad: 1 }, 0.1)).toBeCloseTo(6.745)
  expect(robustScore(-7, { median: 3, mad: 1 }, 0.1)).toBeCloseTo(6.745)
  expect(robustScore(13, { median: 3, mad: 0 }, 2)).toBeCloseTo(3.3725)
})

test('the order of the values and a shift of all of them change no score', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.integer({ min: -500, max: 500 }), (all, shift) => {
      const spread = spreadOf(all)
      expect(spreadOf(all.toReversed())).toEqual(spread)
      const shifted = spreadOf(all.map((value) => value + shift))
      expect(robustScore(7 + shift, shifted, 1)).toBeCloseTo(robustScore(7, spread, 1))
    }),
  )
})
