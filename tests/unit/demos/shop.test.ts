import { expect, test } from 'vitest'
import { pageViews, revenueByMinute, shopFunnel, shopSessions } from '../../../src/demos/shop.ts'
import { recordsOf } from './records.ts'

const minute = 60_000
const noon = Date.UTC(2026, 0, 1, 12)

function event(user: string, minutes: number, type: 'view' | 'cart' | 'purchase' = 'view', change: object = {}) {
  return {
    ...{ user_id: user, session_id: `${user}-1`, type, page: type === 'view' ? '/' : `/${type}` },
    ...{ quantity: type === 'view' ? 0 : 2, revenue_cents: type === 'purchase' ? 500 : 0 },
    ...{ occurred_at: noon + minutes * minute, ...change },
  }
}

test('a session ends with a pause of more than 30 minutes, whatever the order of the records', () => {
  const events = [event('a', 31), event('b', 5), event('a', 0), event('a', 30, 'purchase'), event('a', 62)]
  expect(shopSessions(recordsOf(events))).toEqual([
    {
      ...{ user_id: 'a', session_start: noon, session_end: noon + 61 * minute, events: 3, pages: 2, carts: 0 },
      ...{ purchases: 1, revenue_cents: 500, duration_ms: 31 * minute },
    },
    {
      ...{ user_id: 'a', session_start: noon + 62 * minute, session_end: noon + 92 * minute, events: 1, pages: 1 },
      ...{ carts: 0, purchases: 0, revenue_cents: 0, duration_ms: 0 },
    },
    {
      ...{ user_id: 'b', session_start: noon + 5 * minute, session_end: noon + 35 * minute, events: 1, pages: 1 },
      ...{ carts: 0, purchases: 0, revenue_cents: 0, duration_ms: 0 },
    },
  ])
})

test('a pause of 30 minutes to the millisecond ends none', () => {
  const events = [event('a', 0), event('a', 0, 'view', { occurred_at: noon + 30 * minute })]
  expect(shopSessions(recordsOf(events))).toHaveLength(1)
  const later = [event('a', 0), event('a', 0, 'view', { occurred_at: noon + 30 * minute + 1 })]
  expect(shopSessions(recordsOf(later))).toHaveLength(2)
})

test('the funnel counts events, and each session once a step', () => {
  const events = [event('a', 0), event('a', 1), event('a', 2, 'cart'), event('b', 3), event('b', 11, 'purchase')]
  expect(shopFunnel(recordsOf(events))).toEqual([
    {
      ...{ day: '2026-01-01', window_start: noon, window_end: noon + 10 * minute, views: 3, carts: 1, purchases: 0 },
      ...{ sessions_viewing: 2, sessions_filling_carts: 1, sessions_buying: 0 },
    },
    {
      ...{ day: '2026-01-01', window_start: noon + 10 * minute, window_end: noon + 20 * minute, views: 0, carts: 0 },
      ...{ purchases: 1, sessions_viewing: 0, sessions_filling_carts: 0, sessions_buying: 1 },
    },
  ])
})

test('revenue is of purchases, a row for each minute with one', () => {
  const events = [event('a', 0, 'cart'), event('a', 1, 'purchase'), event('b', 1.5, 'purchase')]
  expect(revenueByMinute(recordsOf(events))).toEqual([
    {
      ...{ day: '2026-01-01', window_start: noon + minute, window_end: noon + 2 * minute },
      ...{ purchases: 2, items: 4, revenue_cents: 1_000 },
    },
  ])
})

test('views are counted by page and ten minutes', () => {
  const events = [event('a', 0), event('b', 9), event('a', 1, 'view', { page: '/toys/p-1' }), event('a', 10)]
  expect(pageViews(recordsOf(events)).map(({ page, views }) => [page, views])).toEqual([
    ['/', 2],
    ['/toys/p-1', 1],
    ['/', 1],
  ])
})
