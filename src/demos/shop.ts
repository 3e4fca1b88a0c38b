/**
 * What the jobs of the clickstream must come to, recomputed from the events that were published. Pure.
 */
import type { AnyRow } from '../core/table.ts'
import type { DemoRecord } from './demo.ts'
import { grouped, minuteMs, startOfWindow } from './windows.ts'

/** An event as the topic has it, as far as jobs look at it. Times in ms since the epoch. */
type ShopEvent = {
  readonly user_id: string
  readonly session_id: string
  readonly type: 'view' | 'cart' | 'purchase'
  readonly page: string
  readonly quantity: number
  readonly revenue_cents: number
  readonly occurred_at: number
}

/** Of the windows of shop_funnel and page_views. */
const windowMs = 10 * minuteMs
/** What ends a session. */
export const gapMs = 30 * minuteMs

/** All sessions, those that are not closed yet included. */
export function shopSessions(records: readonly DemoRecord[]): AnyRow[] {
  const byUser = grouped(eventsOf(records), ({ user_id }) => user_id)
  return byUser.flatMap((events) => {
    const inOrder = events.toSorted((a, b) => a.occurred_at - b.occurred_at)
    const sessions: ShopEvent[][] = []
    for (const event of inOrder) {
      const session = sessions.at(-1)
      const last = session?.at(-1)
      if (session && last && event.occurred_at <= last.occurred_at + gapMs) session.push(event)
      else sessions.push([event])
    }
    return sessions.map(sessionRow)
  })
}

function sessionRow(events: readonly ShopEvent[]): AnyRow {
  const first = events[0] as ShopEvent
  const last = events.at(-1) as ShopEvent
  return {
    user_id: first.user_id,
    session_start: first.occurred_at,
    session_end: last.occurred_at + gapMs,
    events: events.length,
    pages: countOf(events, 'view'),
    carts: countOf(events, 'cart'),
    purchases: countOf(events, 'purchase'),
    revenue_cents: revenueOf(events),
    duration_ms: last.occurred_at - first.occurred_at,
  }
}

/** Events of each step, and the sessions that had one, in ten minutes. */
export function shopFunnel(records: readonly DemoRecord[]): AnyRow[] {
  return byWindow(eventsOf(records), windowMs).map(({ start, events }) => ({
    ...windowColumns(start, windowMs),
    views: countOf(events, 'view'),
    carts: countOf(events, 'cart'),
    purchases: countOf(events, 'purchase'),
    sessions_viewing: sessionsWith(events, 'view'),
    sessions_filling_carts: sessionsWith(events, 'cart'),
    sessions_buying: sessionsWith(events, 'purchase'),
  }))
}

/** What was sold in each minute with a purchase. */
export function revenueByMinute(records: readonly DemoRecord[]): AnyRow[] {
  const purchases = eventsOf(records).filter(({ type }) => type === 'purchase')
  return byWindow(purchases, minuteMs).map(({ start, events }) => ({
    ...windowColumns(start, minuteMs),
    purchases: events.length,
    items: events.reduce((sum, { quantity }) => sum + quantity, 0),
    revenue_cents: revenueOf(events),
  }))
}

/** Views of each page in ten minutes. */
export function pageViews(records: readonly DemoRecord[]): AnyRow[] {
  const views = eventsOf(records).filter(({ type }) => type === 'view')
  return byWindow(views, windowMs).flatMap(({ start, events }) =>
    grouped(events, ({ page }) => page).map((ofPage) => ({
      window_start: start,
      window_end: start + windowMs,
      page: ofPage[0]?.page,
      views: ofPage.length,
    })),
  )
}

function eventsOf(records: readonly DemoRecord[]): ShopEvent[] {
  return records.map(({ value }) => value as ShopEvent)
}

function byWindow(events: readonly ShopEvent[], sizeMs: number) {
  const startOf = ({ occurred_at }: ShopEvent) => startOfWindow(occurred_at, sizeMs)
  return grouped(events, startOf).map((inWindow) => ({ start: startOf(inWindow[0] as ShopEvent), events: inWindow }))
}

function windowColumns(start: number, sizeMs: number) {
  return { day: new Date(start).toISOString().slice(0, 10), window_start: start, window_end: start + sizeMs }
}

function countOf(events: readonly ShopEvent[], type: ShopEvent['type']): number {
  return events.filter((event) => event.type === type).length
}

function sessionsWith(events: readonly ShopEvent[], type: ShopEvent['type']): number {
  return new Set(events.filter((event) => event.type === type).map(({ session_id }) => session_id)).size
}

function revenueOf(events: readonly ShopEvent[]): number {
  return events.reduce((sum, { revenue_cents }) => sum + revenue_cents, 0)
}
