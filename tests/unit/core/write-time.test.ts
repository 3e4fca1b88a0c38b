import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeTimeMicros } from '../../../src/core/write-time.ts'

const time = fc.integer({ min: 0, max: 4_102_444_800_000 })
const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 })

test('the write time is the time in microseconds plus the offset modulo 1000', () => {
  expect(writeTimeMicros(1_700_000_000_123, 4_567)).toBe(1_700_000_000_123_567)
})

test('of two records a millisecond or more apart the later one is newer, whatever their offsets', () => {
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 1_000_000 }), offset, offset, (at, later, first, second) => {
      expect(writeTimeMicros(at + later, second)).toBeGreaterThan(writeTimeMicros(at, first))
    }),
  )
})

test('within a millisecond the later offset is newer, save across a multiple of 1000', () => {
  fc.assert(
    fc.property(time, offset, (at, first) => {
      const [earlier, later] = [writeTimeMicros(at, first), writeTimeMicros(at, first + 1)]
      if (first % 1000 === 999) expect(later).toBe(earlier - 999)
      else expect(later).toBe(earlier + 1)
    }),
  )
})

test('write times of this century are whole numbers that a double holds exactly', () => {
  fc.assert(fc.property(time, offset, (at, first) => Number.isSafeInteger(writeTimeMicros(at, first))))
})
