import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Click, clicks, late, minuteSize, mostJitterMs } from '../../../../src/local/source/clicks.ts'

const lateness = ({ occurred_at, received_at }: Click) => Date.parse(received_at) - Date.parse(occurred_at)
const minuteMs = 60_000
/** So many that all late events of the first minutes have arrived. */
const minutes = 65
const events = clicks('a', 0, minutes * minuteSize)
/** The beginning of the times of 00:00 to 00:03. */
const firstMinutes = /^2026-01-01T00:0[0-3]/

test('a position under a seed always has the same event, whichever page asks for it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(500), fc.integer({ min: 1, max: 150 }), (seed, after, limit) => {
      expect(clicks(seed, after, limit)).toEqual(clicks(seed, 0, after + limit).slice(after))
    }),
    { numRuns: 10 },
  )
})

test('events arrive in order and occur out of it, late by known amounts in known numbers', () => {
  const received = events.map(({ received_at }) => received_at)
  expect(received).toEqual(received.toSorted())
  const occurred = events.map(({ occurred_at }) => occurred_at)
  expect(occurred).not.toEqual(occurred.toSorted())

  const within = (least: number) =>
    events.filter((event) => lateness(event) >= least && lateness(event) <= least + mostJitterMs)
  expect(within(minuteMs)).toHaveLength(minutes * late.byMinute)
  expect(within(60 * minuteMs)).toHaveLength(minutes * late.byHour)
  expect(within(0)).toHaveLength(minutes * (minuteSize - late.byMinute - late.byHour))
})

test('events are unique, and streams of two seeds share none', () => {
  const ids = [...clicks('a', 0, 3_000), ...clicks('b', 0, 3_000)].map(({ id }) => id)
  expect(new Set(ids).size).toBe(6_000)
})

test('a purchase follows a cart of as many of the same product in its session, and robots buy nothing', () => {
  const purchases = events.filter(({ type, occurred_at }) => type === 'purchase' && firstMinutes.test(occurred_at))
  expect(purchases.length).toBeGreaterThan(10)
  for (const { session_id, product, quantity, occurred_at, user_agent } of purchases) {
    expect(user_agent).not.toMatch(/bot/i)
    const carts = events.filter((event) => event.session_id === session_id && event.type === 'cart')
    const own = carts.filter((cart) => cart.product?.id === product?.id && cart.quantity === quantity)
    expect(own.some((cart) => cart.occurred_at < occurred_at)).toBe(true)
  }
  expect(events.some(({ user_agent }) => /bot/i.test(user_agent))).toBe(true)
})
