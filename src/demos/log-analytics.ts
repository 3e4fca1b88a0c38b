/**
 * What the jobs of the logs must come to, recomputed from the entries that were published. Pure.
 */
import type { AnyRow } from '../core/table.ts'
import type { DemoRecord } from './demo.ts'
import { fingerprintOf } from './fingerprint.ts'
import { grouped, minuteMs, startOfWindow } from './windows.ts'

/** An entry as the topic has it, as far as jobs look at it. `at` in ms since the epoch. */
type LogEntry = { readonly service: string; readonly level: string; readonly message: string; readonly at: number }

/** How many minutes an error spike is compared with. */
const minutesBefore = 9
/** Of the windows of log_messages. */
const windowMs = 10 * minuteMs

/** Entries by level, for each service and minute. */
export function logLevels(records: readonly DemoRecord[]): AnyRow[] {
  const groups = grouped(entriesOf(records), ({ service, at }) => [service, startOfWindow(at, minuteMs)])
  return groups.map((entries) => {
    const { service, at } = entries[0] as LogEntry
    const start = startOfWindow(at, minuteMs)
    const countOf = (level: string) => entries.filter((entry) => entry.level === level).length
    const [errors, fatals] = [countOf('ERROR'), countOf('FATAL')]
    return {
      ...{ service, window_start: start, window_end: start + minuteMs, total: entries.length },
      ...{ traces: countOf('TRACE'), debugs: countOf('DEBUG'), infos: countOf('INFO'), warnings: countOf('WARN') },
      ...{ errors, fatals, error_rate: (errors + fatals) / entries.length },
    }
  })
}

/** Each minute with errors, beside those of the nine minutes before it. */
export function errorSpikes(records: readonly DemoRecord[]): AnyRow[] {
  const errors = entriesOf(records).filter(({ level }) => level === 'ERROR' || level === 'FATAL')
  return grouped(errors, ({ service }) => service).flatMap((ofService) => {
    const service = ofService[0]?.service
    const minutes = grouped(ofService, ({ at }) => startOfWindow(at, minuteMs))
    const counts = new Map(minutes.map((each) => [startOfWindow(each[0]?.at ?? 0, minuteMs), each.length]))
    return [...counts].map(([start, count]) => {
      let before = 0
      for (let back = 1; back <= minutesBefore; back++) before += counts.get(start - back * minuteMs) ?? 0
      const isSpike = count >= 5 && count * 3 > before
      const times = { minute_start: start, minute_end: start + minuteMs }
      return { service, ...times, errors: count, errors_before: before, is_spike: isSpike }
    })
  })
}

/** How often each service says the same thing in ten minutes. */
export function logMessages(records: readonly DemoRecord[]): AnyRow[] {
  const entries = entriesOf(records).map((entry) => ({
    ...entry,
    start: startOfWindow(entry.at, windowMs),
    fingerprint: fingerprintOf(entry.message),
  }))
  const keyOf = ({ service, level, start, fingerprint }: (typeof entries)[number]) => [
    service,
    level,
    start,
    fingerprint,
  ]
  return grouped(entries, keyOf).map((same) => {
    const { service, level, start, fingerprint } = same[0] as (typeof entries)[number]
    return { service, window_start: start, window_end: start + windowMs, level, fingerprint, total: same.length }
  })
}

function entriesOf(records: readonly DemoRecord[]): LogEntry[] {
  return records.map(({ value }) => value as LogEntry)
}
