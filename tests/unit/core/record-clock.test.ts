import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordClock } from '../../../src/core/record-clock.ts'

test('a record alone has the time of now', () => {
  const page = recordClock(() => 1_000)()
  expect([page('a'), page('b'), page('c')]).toEqual([1_000, 1_000, 1_000])
})

test('each further version of a key is a millisecond later, and the next page later still', () => {
  const clock = recordClock(() => 1_000)
  const page = clock()
  expect([page('a'), page('b'), page('a'), page('a'), page('b')]).toEqual([1_000, 1_000, 1_001, 1_002, 1_001])
  expect(clock()('c')).toBe(1_003)
})

test('the times of a key only ever grow, whatever the clock of the machine does, and are never before now', () => {
  const step = fc.record({ now: fc.nat(20), key: fc.constantFrom('a', 'b', 'c'), turns: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let now = 0
      const clock = recordClock(() => now)
      const last = new Map<string, number>()
      let page = clock()
      for (const each of steps) {
        now = each.now
        if (each.turns) page = clock()
        const time = page(each.key)
        expect(time).toBeGreaterThan(last.get(each.key) ?? -1)
        expect(time).toBeGreaterThanOrEqual(now)
        last.set(each.key, time)
      }
    }),
  )
})
