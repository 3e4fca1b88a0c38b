/**
 * Times in the viewer's zone, with UTC on hover.
 */

import { duration } from '../format.ts'
import { useNow } from '../shell/clock.ts'

const sameDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const otherDay = new Intl.DateTimeFormat(undefined, {
  ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
})

/** A time, in ms since the epoch; with its day unless it is today. */
export function Time({ at, withMs = false }: { at: number; withMs?: boolean }) {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return <span>{String(at)}</span>
  const isToday = date.toDateString() === new Date().toDateString()
  const text = (isToday ? sameDay : otherDay).format(date)
  const ms = withMs ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : ''
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {text}
      {ms}
    </time>
  )
}

/** How long ago a time was, counting on. */
export function Ago({ at }: { at: number }) {
  const now = useNow()
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {now - at < 1_500 ? 'now' : `${duration(now - at)} ago`}
    </time>
  )
}

/** For how long something lasts, counting on. */
export function Duration({ since }: { since: number }) {
  return <span class="figure">{duration(Math.max(0, useNow() - since))}</span>
}

/** What a field for a time holds for a time in ms since the epoch, as links have it; empty for none. */
export function localTime(at: string | undefined): string {
  const date = new Date(Number(at))
  if (!at || Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** The time, in ms since the epoch, in a field for a time; empty where that holds none. */
export function timeOf(field: string): string {
  return String(Date.parse(field) || '')
}
