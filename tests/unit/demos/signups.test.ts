import { expect, test } from 'vitest'
import { signupsByCountry } from '../../../src/demos/signups.ts'
import { recordsOf } from './records.ts'

test('sign-ups go by the time that Kafka has, and a person published twice is one', () => {
  const first = recordsOf(
    [
      { id: 'a', country: 'Norway' },
      { id: 'a', country: 'Norway' },
      { id: 'b', country: 'France' },
    ],
    119_999,
  )
  const second = recordsOf([{ id: 'a', country: 'Norway' }], 120_000)
  expect(signupsByCountry([...first, ...second])).toEqual([
    { country: 'Norway', window_start: 60_000, window_end: 120_000, signups: 2, distinct_users: 1 },
    { country: 'France', window_start: 60_000, window_end: 120_000, signups: 1, distinct_users: 1 },
    { country: 'Norway', window_start: 120_000, window_end: 180_000, signups: 1, distinct_users: 1 },
  ])
})
