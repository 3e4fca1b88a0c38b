import { describe, expect, test } from 'vitest'
import { nextTick, slotsBetween } from '../../../../src/operations/runs/schedule-times.ts'

const at = (text: string) => Date.parse(text)
const text = (time: number | null) => (time === null ? null : new Date(time).toISOString())

describe('the next tick', () => {
  test.each([
    ['rate(1 minute)', '2026-03-01T10:00:30Z', '2026-03-01T10:01:00.000Z'],
    ['rate(2 hours)', '2026-03-01T10:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['rate(1 day)', '2026-03-01T10:00:00Z', '2026-03-02T00:00:00.000Z'],
    ['cron(0/15 8-9 ? * MON-FRI *)', '2026-03-01T10:00:00Z', '2026-03-02T08:00:00.000Z'],
    // Sunday is 1, and 2026-03-01 is one.
    ['cron(0 12 ? * 1 *)', '2026-03-01T10:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-03-01T10:00:00Z', '2026-03-31T00:00:00.000Z'],
    ['cron(0 10 ? * 2#1 *)', '2026-03-01T10:00:00Z', '2026-03-02T10:00:00.000Z'],
    ['cron(0 10 ? * 6L *)', '2026-03-01T10:00:00Z', '2026-03-27T10:00:00.000Z'],
    ['cron(0 10 1 1 ? 2030)', '2026-03-01T10:00:00Z', '2030-01-01T10:00:00.000Z'],
    ['cron(0 10 1 1 ? 2020)', '2026-03-01T10:00:00Z', null],
  ])('%s after %s', (schedule, after, tick) => {
    expect(text(nextTick(schedule, at(after)))).toBe(tick)
  })
})

test('a rate goes on from a tick that is known', () => {
  const known = at('2026-03-01T09:00:20Z')
  const next = (after: string) => text(nextTick('rate(1 minute)', at(after), known))
  expect(next('2026-03-01T10:00:00Z')).toBe('2026-03-01T10:00:20.000Z')
  expect(next('2026-03-01T10:00:20Z')).toBe('2026-03-01T10:01:20.000Z')
})

test('slots begin at ticks, the first included and the end not, and follow one another', () => {
  const slots = slotsBetween('cron(0 * * * ? *)', at('2026-03-01T10:00Z'), at('2026-03-01T12:00Z'))
  expect(slots.map(({ from, to }) => [text(from), text(to)])).toEqual([
    ['2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z'],
    ['2026-03-01T11:00:00.000Z', '2026-03-01T12:00:00.000Z'],
  ])
  expect(slotsBetween('rate(1 hour)', at('2026-03-01T10:00Z'), at('2026-03-01T12:00Z'))).toEqual(slots)
})
