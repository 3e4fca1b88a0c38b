/**
 * The demo of people and what they do: sign-ups per country and minute.
 */
import { compareRows } from './check.ts'
import type { Demo } from './demo.ts'
import { distinctEstimate, signupsByCountry } from './signups.ts'
import { svgOf } from './svg.ts'

export const demo: Demo = {
  name: 'users-analytics',
  summary: 'sign-ups per country and minute, with an estimate of how many different people they are',
  runs: [{ pipeline: 'users', records: 2_000, seed: 'demo' }],
  async verify(place) {
    return [
      compareRows({
        what: 'signups_by_country: sign-ups per country and minute',
        comparedWith: 'users_enriched, grouped in TypeScript',
        key: ['country', 'window_start'],
        expected: signupsByCountry(await place.recordsOf('users_enriched')),
        found: await place.rowsOf('signups_by_country'),
        estimates: { distinct_users: distinctEstimate },
      }),
    ]
  },
  async tables(place) {
    const rows = await place.rowsOf('signups_by_country')
    return [
      {
        title: 'Sign-ups by country',
        cells: [['country', 'sign-ups'], ...rows.map((row) => [String(row.country), String(row.signups)])],
      },
    ]
  },
  async picture(place) {
    const rows = await place.rowsOf('signups_by_country')
    const bars = rows.map((row) => ({ name: String(row.country), value: Number(row.signups) }))
    return svgOf('Sign-ups', 'Counted by Spark', [{ title: 'Sign-ups by country', bars }])
  },
}
