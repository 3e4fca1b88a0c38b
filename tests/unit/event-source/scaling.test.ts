import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstPollers, wantedPollers } from '../../../src/event-source/scaling.ts'

const bounds = { min: 1, max: 5, localMax: 4 }
const load = { pollers: 2, partitions: 6, lag: 0, capacity: 100, calmLooks: 1 }

test('begins with the minimum that the machine allows', () => {
  expect(firstPollers(bounds)).toBe(1)
  expect(firstPollers({ ...bounds, min: 3 })).toBe(3)
  expect(firstPollers({ min: 50, max: 60, localMax: 4 })).toBe(4)
})

test('grows by one while the lag exceeds what is in flight', () => {
  expect(wantedPollers({ ...load, lag: 101, calmLooks: 0 }, bounds)).toBe(3)
  expect(wantedPollers({ ...load, lag: 100 }, bounds)).toBe(2)
})

test('shrinks by one after calm, to the minimum', () => {
  expect(wantedPollers({ ...load, calmLooks: 5 }, bounds)).toBe(2)
  expect(wantedPollers({ ...load, calmLooks: 6 }, bounds)).toBe(1)
  expect(wantedPollers({ ...load, calmLooks: 12 }, { ...bounds, min: 2 })).toBe(2)
})

test('keeps what there is while the group is not settled', () => {
  expect(wantedPollers({ ...load, partitions: 0, lag: 1e6, calmLooks: 0 }, bounds)).toBe(2)
})

test('never exceeds maximum, machine or partitions, and changes by one at a time within them', () => {
  const some = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(some, some, some, some, fc.nat(300), fc.nat(20), (min, extra, localMax, partitions, lag, calmLooks) => {
      const given = { min, max: min + extra - 1, localMax }
      const pollers = firstPollers(given)
      const wanted = wantedPollers({ pollers, partitions, lag, capacity: 100, calmLooks }, given)
      expect(wanted).toBeGreaterThanOrEqual(1)
      expect(wanted).toBeLessThanOrEqual(Math.max(1, Math.min(given.max, localMax, partitions)))
      expect(wanted).toBeLessThanOrEqual(pollers + 1)
    }),
  )
})
