import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullJitter, pause } from '../../../src/event-source/backoff.ts'

const limits = { baseMs: 100, maxMs: 10_000 }

test('the ceiling doubles up to the maximum', () => {
  const ceilings = [0, 1, 2, 6, 7, 1_000_000].map((attempt) => fullJitter(attempt, limits, () => 1))
  expect(ceilings).toEqual([100, 200, 400, 6_400, 10_000, 10_000])
})

test('any wait is between zero and the maximum', () => {
  fc.assert(
    fc.property(fc.nat(), (attempt) => {
      const wait = fullJitter(attempt, limits)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(limits.maxMs)
    }),
  )
})

test('a pause ends with its signal', async () => {
  const controller = new AbortController()
  const pausing = pause(60_000, controller.signal)
  controller.abort()
  await pausing
  await pause(60_000, controller.signal)
})
