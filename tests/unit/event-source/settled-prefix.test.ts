import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SettledPrefix } from '../../../src/event-source/settled-prefix.ts'

test('starts at the committed offset and follows settled records over gaps', () => {
  const prefix = new SettledPrefix(10)
  expect(prefix.next).toBe(10)
  for (const offset of [12, 13, 20]) prefix.receive(offset)
  prefix.skipTo(25)
  expect(prefix.next).toBe(12)
  prefix.settle(13)
  expect(prefix.next).toBe(12)
  expect(prefix.unsettledCount).toBe(2)
  prefix.settle(12)
  expect(prefix.next).toBe(20)
  prefix.settle(20)
  expect(prefix.next).toBe(25)
  expect(prefix.unsettledCount).toBe(0)
})

test('goes over offsets that hold no record at once, and never back', () => {
  const prefix = new SettledPrefix(5)
  prefix.skipTo(9)
  prefix.skipTo(7)
  expect(prefix.next).toBe(9)
})

test('refuses what cannot happen', () => {
  const prefix = new SettledPrefix(3)
  prefix.receive(3)
  prefix.receive(8)
  expect(() => prefix.receive(8)).toThrow(RangeError)
  expect(() => prefix.settle(9)).toThrow(RangeError)
  prefix.settle(8)
  expect(() => prefix.settle(8)).toThrow(RangeError)
  prefix.settle(3)
  expect(() => prefix.settle(3)).toThrow(RangeError)
})

test('never passes an unsettled record, never falls, and ends behind the last', () => {
  const gaps = fc.array(fc.nat(5), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.nat(1000), gaps, fc.infiniteStream(fc.nat()), fc.nat(5), (start, steps, choices, tail) => {
      const prefix = new SettledPrefix(start)
      const offsets = steps.map(
        ((position) => (gap: number) => {
          position += gap + 1
          return position - 1
        })(start),
      )
      const received: number[] = []
      const unsettled = new Set<number>()
      let last = prefix.next
      const check = () => {
        const first = received.find((offset) => unsettled.has(offset))
        expect(prefix.next).toBe(first ?? prefix.end)
        expect(prefix.next).toBeGreaterThanOrEqual(last)
        expect(prefix.unsettledCount).toBe(unsettled.size)
        last = prefix.next
      }
      while (received.length < offsets.length || unsettled.size > 0) {
        const choice = choices.next().value
        const next = offsets[received.length]
        if (next !== undefined && (choice % 2 === 0 || unsettled.size === 0)) {
          prefix.receive(next)
          received.push(next)
          unsettled.add(next)
        } else {
          const victim = [...unsettled][choice % unsettled.size] as number
          prefix.settle(victim)
          unsettled.delete(victim)
        }
        check()
      }
      prefix.skipTo(prefix.end + tail)
      expect(prefix.next).toBe((offsets.at(-1) as number) + 1 + tail)
    }),
  )
})

test('stays correct over many records', () => {
  const prefix = new SettledPrefix(0)
  for (let base = 0; base < 50_000; base += 100) {
    for (let offset = base; offset < base + 100; offset++) prefix.receive(offset)
    for (let offset = base + 99; offset >= base; offset--) prefix.settle(offset)
    expect(prefix.next).toBe(base + 100)
  }
})
