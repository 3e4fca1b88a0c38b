import { expect, test } from 'vitest'
import { scheduleRule } from '../../../src/core/schedule.ts'

test.each([
  'rate(1 minute)',
  'rate(12 hours)',
  'cron(0 12 * * ? *)',
  'cron(0/15 8-9 ? * MON-FRI *)',
  'cron(*/5 0,12 1,15 JAN-MAR ? 2026-2030)',
  'cron(0 0 L * ? *)',
  'cron(0 8 1W * ? *)',
  'cron(0 10 ? * 2#1 *)',
  'cron(0 10 ? * FRIL *)',
])('%s is taken', (schedule) => {
  expect(scheduleRule(schedule)).toBeNull()
})

const six = 'cron(…) with six fields: minutes, hours, day of month, month, day of week, year'
const days = 'cron(…) with ? as day of month or as day of week, one of the two'

test.each([
  ['@daily', 'rate(1 minute), rate(5 minutes), the same with hours or days, or cron(…)'],
  ['cron()', 'rate(1 minute), rate(5 minutes), the same with hours or days, or cron(…)'],
  ['cron(0 12 * * *)', six],
  ['cron(0 0 12 * * ? *)', six],
  ['cron(0 12 * * * *)', days],
  ['cron(0 12 ? * ? *)', days],
  ['cron(60 12 * * ? *)', 'cron(…) with minutes from 0 to 59, or *'],
  ['cron(0 25 * * ? *)', 'cron(…) with hours from 0 to 23, or *'],
  ['cron(0 12 32 * ? *)', 'cron(…) with day of month from 1 to 31, or *'],
  ['cron(0 12 1 13 ? *)', 'cron(…) with month from 1 to 12, or *'],
  ['cron(0 12 ? * 0 *)', 'cron(…) with day of week from 1 to 7, or *'],
  ['cron(0 12 ? * MONDAY *)', 'cron(…) with day of week from 1 to 7, or *'],
  ['cron(0/0 12 * * ? *)', 'cron(…) with minutes from 0 to 59, or *'],
  ['cron(0 12 * * ? 26)', 'cron(…) with year from 1970 to 2199, or *'],
])('%s must be %s', (schedule, rule) => {
  expect(scheduleRule(schedule)).toBe(rule)
})
