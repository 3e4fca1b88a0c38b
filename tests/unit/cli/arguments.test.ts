import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  brokerCount,
  countUpTo,
  durationMs,
  environmentName,
  errorCode,
  pointInTime,
  portOffset,
  wholeNumber,
} from '../../../src/cli/arguments.ts'

const refusal = (message: string) => expect.objectContaining({ name: InvalidArgumentError.name, message })

describe('a count', () => {
  test.each([
    ['1', 1],
    ['20', 20],
    ['1000000', 1_000_000],
  ])('may be %s', (text, count) => {
    expect(countUpTo(1_000_000)(text)).toBe(count)
  })

  test.each(['0', '-1', '1.5', '1e3', '', ' 5', 'many', '1000001'])('may not be "%s"', (text) => {
    expect(() => countUpTo(1_000_000)(text)).toThrow(refusal('Allowed is a whole number from 1 to 1,000,000.'))
  })
})

describe('a point in time', () => {
  test.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T10:00Z', Date.UTC(2026, 2, 1, 10)],
    ['2026-03-01T10:00:30+01:00', Date.UTC(2026, 2, 1, 9, 0, 30)],
  ])('may be %s', (text, time) => {
    expect(pointInTime(text)).toBe(time)
  })

  test('may be how long ago', () => {
    const before = Date.now()
    const ago = pointInTime('2h') + 7_200_000
    expect(ago).toBeGreaterThanOrEqual(before)
    expect(ago).toBeLessThanOrEqual(Date.now())
  })

  test.each(['yesterday', '2026-03-01T10:00', '2026-13-01', '2', '0h', ''])('may not be "%s"', (text) => {
    expect(() => pointInTime(text)).toThrow(InvalidArgumentError)
  })
})

describe('a number of brokers', () => {
  test('may be 1 or 3', () => {
    expect([brokerCount('1'), brokerCount('3')]).toEqual([1, 3])
  })

  test.each(['0', '2', '5', '3.0', ''])('may not be "%s"', (text) => {
    expect(() => brokerCount(text)).toThrow(refusal('Allowed is 1 or 3.'))
  })
})

describe('a port offset', () => {
  test.each([
    ['0', 0],
    ['50000', 50_000],
  ])('may be %s', (text, offset) => {
    expect(portOffset(text)).toBe(offset)
  })

  test.each(['-1', '50001', '0x10', ''])('may not be "%s"', (text) => {
    expect(() => portOffset(text)).toThrow(refusal('Allowed is a whole number from 0 to 50,000.'))
  })
})

describe('the name of an environment', () => {
  test.each(['default', 'a', '2nd-one'])('may be %s', (text) => {
    expect(environmentName(text)).toBe(text)
  })

  test.each(['', '..', 'a/b', 'Upper', '-x', 'x'.repeat(42)])('may not be "%s"', (text) => {
    expect(() => environmentName(text)).toThrow(
      refusal('Allowed are lower-case letters, digits and hyphens, 41 at most.'),
    )
  })
})

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('may be %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms)
  })

  test.each(['', '0m', '10', 'm', '1.5h', '-1h', '1w', '100000s'])('may not be "%s"', (text) => {
    expect(() => durationMs(text)).toThrow(
      refusal('Allowed is a whole number from 1 to 99,999 with s, m, h or d, such as 10m.'),
    )
  })
})

test('an offset is a whole number from 0, a code one of the error table', () => {
  expect([wholeNumber('0'), wholeNumber('12')]).toEqual([0, 12])
  for (const text of ['-1', '1.5', '', 'x'])
    expect(() => wholeNumber(text)).toThrow('Allowed is a whole number from 0.')
  expect(errorCode('RECORD_INVALID')).toBe('RECORD_INVALID')
  expect(() => errorCode('toString')).toThrow('Allowed is an error code: ARGUMENT_INVALID, ')
})
