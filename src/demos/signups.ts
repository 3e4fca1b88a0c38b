/**
 * Sign-ups per country and minute, recomputed from the users that were published. Pure.
 */
import type { AnyRow } from '../core/table.ts'
import type { DemoRecord } from './demo.ts'
import { grouped, minuteMs, startOfWindow } from './windows.ts'

/** The rows that signups_by_country must have, with how many different users there are exactly. */
export function signupsByCountry(records: readonly DemoRecord[]): AnyRow[] {
  const startOf = ({ timestamp }: DemoRecord) => startOfWindow(timestamp, minuteMs)
  const groups = grouped(records, (record) => [startOf(record), record.value.country])
  return groups.map((group) => {
    const first = group[0] as DemoRecord
    return {
      country: first.value.country,
      window_start: startOf(first),
      window_end: startOf(first) + minuteMs,
      signups: group.length,
      distinct_users: new Set(group.map(({ value }) => value.id)).size,
    }
  })
}

/** The standard deviation of approx_count_distinct is 5 %; so many of them are not exceeded. */
export const distinctEstimate = 5 * 0.05
