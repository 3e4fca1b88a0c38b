/**
 * Sign-ups made up for the job signups_by_country, and what it must come to, computed from them alone.
 */
import type { AvroRecord } from '../../src/core/avro-codec.ts'

/** Of event time, in ms. */
export const minute = 60_000

/** A user who signs up; `at` is the event time. */
export type Signup = { readonly id: string; readonly country: string; readonly at: number }

/** The beginning of a window, in ms since the epoch. */
export const wholeMinutesAgo = (minutes: number) => (Math.floor(Date.now() / minute) - minutes) * minute

const countries = ['Denmark', 'France', 'Norway'] as const

/** Sign-ups of ten people in three countries, over the three minutes from `begin`. */
export function signups(count: number, begin: number, prefix: string): Signup[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${prefix}${n % 10}`,
    country: countries[n % 3] ?? '',
    at: begin + ((n * 7_919) % (3 * minute)),
  }))
}

/** The rows by key. Spark estimates how many people there are; of ten it is right. */
export function expected(given: readonly Signup[]): Map<string, AvroRecord> {
  const groups = Map.groupBy(given, ({ country, at }) => `${country}|${Math.floor(at / minute) * minute}`)
  return new Map(
    [...groups].map(([key, group]) => {
      const [country = '', start = ''] = key.split('|')
      const window = { window_start: Number(start), window_end: Number(start) + minute }
      const distinct = new Set(group.map(({ id }) => id)).size
      return [key, { country, ...window, signups: group.length, distinct_users: distinct }]
    }),
  )
}
