/**
 * What a running consumer tells, as lines for people and as JSON for scripts.
 */
import type { PollerEvent } from '../../event-source/report.ts'

/** The event as plain JSON data; offsets by partition. */
export function eventJson(event: PollerEvent): unknown {
  return event.type === 'commit' ? { ...event, offsets: Object.fromEntries(event.offsets) } : event
}

/** The event as a line; null for what happens all the time. */
export function eventLine(event: PollerEvent): string | null {
  const says = (text: string) => `${event.mapping}: ${text}`
  switch (event.type) {
    case 'state':
      return says(`${event.state}, ${event.result}`)
    case 'assigned':
      return says(
        event.partitions.length === 0 ? 'no partition' : `partitions ${[...event.partitions].sort().join(', ')}`,
      )
    case 'retry':
      return says(`${event.records} records again in ${event.delayMs} ms: ${event.reason}`)
    case 'commit-failed':
      return says(`the commit failed: ${event.reason}`)
    case 'moved':
      return says(`partition ${event.partition} goes on at offset ${event.to} instead of ${event.from}`)
    case 'oversized':
      return says(`partition ${event.partition}: the record at offset ${event.offset} is too large (${event.action})`)
    case 'undecodable':
      return says(
        `partition ${event.partition}: the record at offset ${event.offset} is not decoded, ${event.condition} (${event.action})`,
      )
    default:
      return null
  }
}

/** Counts settled records by mapping, and says how many came since the last look. */
export function settledCounter() {
  const settled = new Map<string, number>()
  return {
    count(event: PollerEvent): void {
      if (event.type !== 'invoked' || event.outcome === 'undelivered') return
      settled.set(event.mapping, (settled.get(event.mapping) ?? 0) + event.records - event.failed)
    },
    /** A line for each mapping that settled something. */
    take(): string[] {
      const lines = [...settled].map(([mapping, records]) => `${mapping}: ${records.toLocaleString('en')} records`)
      settled.clear()
      return lines
    },
  }
}
