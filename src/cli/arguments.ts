/**
 * Parsing of option values, with errors that name what is allowed.
 */
import { InvalidArgumentError } from 'commander'
import { errorTable } from '../core/errors.ts'
import type { KafkaNodes } from '../local/ports.ts'

/** A whole number from 1 to `most`. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
    throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${most.toLocaleString('en')}.`)
  }
}

/** What is added to every default port: 0 to 50,000. */
export function portOffset(text: string): number {
  const offset = Number(text)
  if (/^\d+$/.test(text) && offset <= 50_000) return offset
  throw new InvalidArgumentError('Allowed is a whole number from 0 to 50,000.')
}

/** How many nodes a Kafka has. */
export function brokerCount(text: string): KafkaNodes {
  if (text === '1') return 1
  if (text === '3') return 3
  throw new InvalidArgumentError('Allowed is 1 or 3.')
}

/** A name of an environment: it becomes a folder. */
export function environmentName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(text)) return text
  throw new InvalidArgumentError('Allowed are lower-case letters, digits and hyphens, 41 at most.')
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration such as `10m`, in ms. */
export function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? []
  if (Number(count) >= 1) return Number(count) * (unitMs[unit] ?? 0)
  throw new InvalidArgumentError('Allowed is a whole number from 1 to 99,999 with s, m, h or d, such as 10m.')
}

/** A date or a time with its zone in ISO 8601, or how long ago, such as `2h`; in ms since the epoch. A date begins in UTC. */
export function pointInTime(text: string): number {
  const time = parseTime(text, Date.now())
  if (time !== null) return time
  throw new InvalidArgumentError(
    'Allowed is a date or a time with its zone, such as 2026-03-01 or 2026-03-01T10:00Z, or how long ago, such as 2h.',
  )
}

/** As {@link pointInTime}; null for what is neither. */
export function parseTime(text: string, now: number): number | null {
  if (/^\d{1,5}[smhd]$/.test(text)) return now - durationMs(text)
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** A partition or an offset. */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Allowed is a whole number from 0.')
}

/** One of the codes with which records are given up. */
export function errorCode(text: string): string {
  if (Object.hasOwn(errorTable, text)) return text
  throw new InvalidArgumentError(`Allowed is an error code: ${Object.keys(errorTable).join(', ')}.`)
}
