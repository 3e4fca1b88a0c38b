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
