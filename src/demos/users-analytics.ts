/**
 * The demo of people and what they do: sign-ups per country and minute, and a shop's sessions, funnel, revenue and pages.
 */
import { topRows } from '../operations/tables/top-rows.ts'
import { compareRows } from './check.ts'
import type { Check, Demo, DemoPlace, ShownTable } from './demo.ts'
import { pageViews, revenueByMinute, shopFunnel, shopSessions } from './shop.ts'
import { figure } from './shown.ts'
import { distinctEstimate, signupsByCountry } from './signups.ts'
import { svgOf } from './svg.ts'

export const demo: Demo = {
  name: 'users-analytics',
  summary: 'sign-ups per country; sessions, funnel, revenue and top pages of a shop',
  runs: [
    { pipeline: 'users', records: 2_000, seed: 'demo' },
    { pipeline: 'clickstream', records: 20_000, seed: 'demo' },
  ],
  verify,
  tables,
  picture,
}

async function verify(place: DemoPlace): Promise<Check[]> {
  const users = await place.recordsOf('users_enriched')
  const events = await place.recordsOf('shop_events')
  const watermark = place.countsOf('shop_sessions').watermarkMs
  const closed = shopSessions(events).filter(({ session_end }) => Number(session_end) <= watermark)
  return [
    compareRows({
      what: 'signups_by_country: sign-ups per country and minute, different people within 25 %',
      comparedWith: 'users_enriched, grouped in TypeScript',
      key: ['country', 'window_start'],
      expected: signupsByCountry(users),
      found: await place.rowsOf('signups_by_country'),
      estimates: { distinct_users: distinctEstimate },
    }),
    compareRows({
      what: 'shop_sessions: sessions that the watermark has closed',
      comparedWith: 'shop_events, split at pauses of 30 minutes in TypeScript',
      key: ['user_id', 'session_start'],
      expected: closed,
      found: await place.rowsOf('shop_sessions'),
    }),
    compareRows({
      what: 'shop_funnel: events and sessions of each step, in ten minutes',
      comparedWith: 'shop_events, grouped in TypeScript',
      key: ['window_start'],
      expected: shopFunnel(events),
      found: await place.rowsOf('shop_funnel'),
    }),
    compareRows({
      what: 'revenue_by_minute: purchases, items and revenue per minute',
      comparedWith: 'shop_events, grouped in TypeScript',
      key: ['window_start'],
      expected: revenueByMinute(events),
      found: await place.rowsOf('revenue_by_minute'),
    }),
    compareRows({
      what: 'page_views: views per page, in ten minutes',
      comparedWith: 'shop_events, grouped in TypeScript',
      key: ['window_start', 'page'],
      expected: pageViews(events),
      found: await place.rowsOf('page_views'),
    }),
  ]
}

/** The results as both table and picture show them. */
async function results(place: DemoPlace) {
  const sumOf = (rows: readonly Readonly<Record<string, unknown>>[], column: string) =>
    rows.reduce((sum, row) => sum + Number(row[column]), 0)
  const [signups, sessions, funnel, revenue, pages] = await Promise.all(
    ['signups_by_country', 'shop_sessions', 'shop_funnel', 'revenue_by_minute', 'page_views'].map(place.rowsOf),
  )
  const steps = [
    { name: 'saw a page', value: sumOf(funnel ?? [], 'sessions_viewing') },
    { name: 'filled a cart', value: sumOf(funnel ?? [], 'sessions_filling_carts') },
    { name: 'bought', value: sumOf(funnel ?? [], 'sessions_buying') },
  ]
  const named =
    (column: string) => (each: { readonly group: Readonly<Record<string, unknown>>; readonly sum: number }) => ({
      name: String(each.group[column]),
      value: each.sum,
    })
  return {
    countries: topRows(signups ?? [], { of: ['country'], by: 'signups', limit: 8 }).map(named('country')),
    pages: topRows(pages ?? [], { of: ['page'], by: 'views', limit: 10 }).map(named('page')),
    steps,
    revenue: (revenue ?? []).toSorted((a, b) => Number(a.window_start) - Number(b.window_start)),
    longest: (sessions ?? []).toSorted((a, b) => Number(b.duration_ms) - Number(a.duration_ms)).slice(0, 5),
    sessionCount: sessions?.length ?? 0,
    euros: sumOf(revenue ?? [], 'revenue_cents') / 100,
  }
}

async function tables(place: DemoPlace): Promise<ShownTable[]> {
  const { countries, pages, steps, revenue, longest, sessionCount, euros } = await results(place)
  const cells = (header: readonly string[], bars: readonly { readonly name: string; readonly value: number }[]) => [
    header,
    ...bars.map(({ name, value }) => [figure(value), name]),
  ]
  return [
    { title: 'Most sign-ups', cells: cells(['sign-ups', 'country'], countries) },
    { title: 'Top pages', cells: cells(['views', 'page'], pages) },
    { title: 'Funnel, in ten minutes each', cells: cells(['sessions', 'step'], steps) },
    {
      title: `Longest of ${figure(sessionCount)} closed sessions`,
      cells: [
        ['minutes', 'events', 'cents', 'user'],
        ...longest.map((row) => [
          (Number(row.duration_ms) / 60_000).toFixed(1),
          figure(row.events),
          figure(row.revenue_cents),
          figure(row.user_id),
        ]),
      ],
    },
    { title: `Revenue: ${figure(euros)} euros in ${figure(revenue.length)} minutes with a purchase`, cells: [] },
  ]
}

async function picture(place: DemoPlace): Promise<string> {
  const { countries, pages, steps, revenue, sessionCount, euros } = await results(place)
  const points = revenue.map((row) => [Number(row.window_start), Number(row.revenue_cents) / 100] as const)
  const note = `${figure(sessionCount)} sessions closed, ${figure(euros)} euros of revenue; each figure is a row that Spark counted`
  return svgOf('Users and a shop, counted by Spark', note, [
    { title: 'Revenue per minute, euros', lines: [{ name: 'revenue', points }] },
    { title: 'Funnel: sessions that', bars: steps },
    { title: 'Top pages by views, ranked on read', bars: pages },
    { title: 'Sign-ups by country', bars: countries },
  ])
}
