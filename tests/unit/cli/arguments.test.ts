import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { countUpTo, environmentName, portOffset } from '../../../src/cli/arguments.ts'

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
