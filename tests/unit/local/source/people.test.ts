import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nationalities } from '../../../../src/local/source/nationalities.ts'
import { people } from '../../../../src/local/source/people.ts'

const page = (seed: string, results: number, number = 1) => people({ seed, results, page: number, nat: [] })

test('a seed and a page give the same people, whatever the size of the page', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), fc.nat(40), (seed, number, size) => {
      expect(page(seed, size, number)).toEqual(page(seed, 40, number).slice(0, size))
    }),
    { numRuns: 50 },
  )
})

test('people are unique within a seed, and others under another one', () => {
  const uuids = [1, 2, 3, 4].flatMap((number) => page('a', 5_000, number)).map(({ login }) => login.uuid)
  expect(new Set(uuids).size).toBe(20_000)
  expect(page('a', 1)).not.toEqual(page('b', 1))
})

test('every person is complete and well-formed', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      for (const person of page(seed, 20)) {
        expect(person.login.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(person.email).toMatch(/^[a-z0-9.]+@example\.com$/)
        expect(person.dob.age).toBeGreaterThanOrEqual(18)
        expect(new Date(person.dob.date).toISOString()).toBe(person.dob.date)
        const { name, location } = person
        for (const text of [name.first, name.last, location.city, location.state, location.street.name, person.phone]) {
          expect(text).toMatch(/\S/)
          expect(text).not.toContain('undefined')
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('a page shows what makes people hard to process', () => {
  const all = page('a', 1_000)
  expect(new Set(all.map(({ nat }) => nat)).size).toBe(nationalities.length)
  expect(new Set(all.map(({ location }) => typeof location.postcode))).toEqual(new Set(['string', 'number']))
  expect(all.some(({ id }) => id.value === null)).toBe(true)
  expect(all.some(({ name }) => name.last === "O'Connor")).toBe(true)
  for (const script of [/\p{Script=Cyrillic}/u, /\p{Script=Arabic}/u, /\p{Script=Devanagari}/u, /[À-ž]/]) {
    expect(all.some(({ name }) => script.test(name.first))).toBe(true)
  }
})
