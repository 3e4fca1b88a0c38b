import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Fault,
  faultAt,
  faultOf,
  faultSeconds,
  readingAt,
  sensorCount,
  sensorReadings,
  windowSeconds,
} from '../../../../src/local/source/sensors.ts'

const value = (number: number, second: number) => readingAt('a', second * sensorCount + number)?.value ?? null

/** The first fault of a kind, with the number of the sensor that has it. */
function firstFault(kind: Fault['kind']): Fault & { readonly number: number } {
  for (let number = 0; number < sensorCount; number++) {
    for (let window = 0; window < 5; window++) {
      const fault = faultOf('a', number, window)
      if (fault.kind === kind) return { number, ...fault }
    }
  }
  throw new Error(`no sensor has a ${kind}`)
}

test('a page is a part of the stream, and goes on where it ended', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (after, a, b) => {
      const first = sensorReadings('s', after, a)
      const second = sensorReadings('s', first.next, b)
      expect(sensorReadings('s', after, a + b)).toEqual({
        readings: [...first.readings, ...second.readings],
        next: second.next,
      })
      expect(first.readings).toHaveLength(a)
    }),
    { numRuns: 10 },
  )
})

test('each sensor has one reading a second, of its own and at its time', () => {
  const { readings } = sensorReadings('s', 0, sensorCount)
  expect(new Set(readings.map(({ sensor }) => sensor)).size).toBe(sensorCount)
  expect(new Set(readings.map(({ at }) => at))).toEqual(new Set(['2026-01-01T00:00:00.000Z']))
  expect(sensorReadings('other', 0, 1).readings[0]?.sensor).not.toBe(readings[0]?.sensor)
})

describe('faults', () => {
  test('each sensor has exactly one in a window, inside it and of its length', () => {
    for (let number = 0; number < sensorCount; number++) {
      for (let window = 0; window < 3; window++) {
        const { kind, from, to } = faultOf('a', number, window)
        expect(to - from).toBe(faultSeconds[kind])
        expect(from).toBeGreaterThan(window * windowSeconds)
        expect(to).toBeLessThan((window + 1) * windowSeconds)
        expect([faultAt('a', number, from - 1), faultAt('a', number, to)]).toEqual([null, null])
        expect(faultAt('a', number, to - 1)).toEqual({ kind, from, to })
      }
    }
  })

  test('a spike stands out from both neighbours', () => {
    const { number, from } = firstFault('spike')
    const [before, spike, after] = [from - 1, from, from + 1].map((second) => value(number, second) ?? 0) as [
      number,
      number,
      number,
    ]
    expect(spike - before).toBeGreaterThan(3 * Math.abs(after - before))
  })

  test('a drift grows to its end, and then is gone', () => {
    const { number, from, to } = firstFault('drift')
    const [start, end, after] = [from - 1, to - 1, to].map((second) => value(number, second) ?? 0) as [
      number,
      number,
      number,
    ]
    expect(end).toBeGreaterThan(start)
    expect(end - after).toBeGreaterThan(0)
  })

  test('a stuck sensor repeats what it said last', () => {
    const { number, from, to } = firstFault('stuck')
    const values = Array.from({ length: to - from + 1 }, (_, index) => value(number, from - 1 + index))
    expect(new Set(values).size).toBe(1)
    expect(value(number, to)).not.toBe(values[0])
  })

  test('a sensor that drops out has no reading', () => {
    const { number, from, to } = firstFault('dropout')
    expect([from - 1, from, to - 1, to].map((second) => value(number, second) === null)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})
