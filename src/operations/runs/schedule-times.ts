/**
 * When a schedule fires, in UTC: EventBridge's `rate(…)` and `cron(…)`.
 * Source: EventBridge User Guide, "Setting a schedule pattern for scheduled rules".
 */
import { Cron } from 'croner'

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The time between two ticks of a `rate(…)`, in ms; null for a `cron(…)`. */
function rateMs(schedule: string): number | null {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? []
  return count === undefined ? null : Number(count) * (unitMs[unit] ?? 0)
}

/** EventBridge's six fields begin with minutes and count Sunday as 1; `?` is what another field says. */
function cronOf(schedule: string): Cron {
  const fields = schedule.slice('cron('.length, -1).trim().split(/\s+/)
  const pattern = ['0', ...fields.map((field) => (field === '?' ? '*' : field))].join(' ')
  return new Cron(pattern, {
    timezone: 'UTC',
    alternativeWeekdays: true,
    mode: '7-part',
    domAndDow: true,
    sloppyRanges: true,
  })
}

/** The next tick after a time, both in ms since the epoch; null where there is none. A rate has ticks at multiples of it from `known` on. */
export function nextTick(schedule: string, after: number, known = 0): number | null {
  const rate = rateMs(schedule)
  if (rate !== null) return (Math.floor((after - known) / rate) + 1) * rate + known
  return cronOf(schedule).nextRun(new Date(after))?.getTime() ?? null
}

/** A stretch of time for which a schedule asks for one run, from its tick up to, not including, the next. */
export type Slot = { readonly from: number; readonly to: number }

/**
 * The slots whose ticks are from `from` up to, not including, `to`. A rate counts from when its rule was made, which
 * nobody can ask for: its slots are multiples of it, and each owes one run somewhere within.
 */
export function slotsBetween(schedule: string, from: number, to: number): Slot[] {
  const slots: Slot[] = []
  let tick = nextTick(schedule, from - 1)
  while (tick !== null && tick < to) {
    const next = nextTick(schedule, tick)
    slots.push({ from: tick, to: next ?? Number.POSITIVE_INFINITY })
    tick = next
  }
  return slots
}
