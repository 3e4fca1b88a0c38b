import { expect, test } from 'vitest'
import { errorSpikes, logLevels, logMessages } from '../../../src/demos/log-analytics.ts'
import { recordsOf } from './records.ts'

const minute = 60_000
const noon = Date.UTC(2026, 0, 1, 12)
const entry = (level: string, minutes: number, message = 'said', service = 'kafka') => ({
  ...{ service, level, message, at: noon + minutes * minute },
})
const errors = (count: number, minutes: number) => Array.from({ length: count }, () => entry('ERROR', minutes))

test('levels are counted by service and minute, and the error rate is of all of them', () => {
  const entries = [entry('INFO', 0), entry('WARN', 0.5), entry('FATAL', 0.9), entry('ERROR', 0), entry('DEBUG', 1)]
  expect(logLevels(recordsOf(entries))).toEqual([
    {
      ...{ service: 'kafka', window_start: noon, window_end: noon + minute, total: 4 },
      ...{ traces: 0, debugs: 0, infos: 1, warnings: 1, errors: 1, fatals: 1, error_rate: 0.5 },
    },
    {
      ...{ service: 'kafka', window_start: noon + minute, window_end: noon + 2 * minute, total: 1 },
      ...{ traces: 0, debugs: 1, infos: 0, warnings: 0, errors: 0, fatals: 0, error_rate: 0 },
    },
  ])
})

test.each<[string, object[], number[]]>([
  ['five errors after none', errors(5, 20), [20]],
  ['four errors are too few', errors(4, 20), []],
  [
    'five after fourteen in the nine minutes before',
    [...errors(7, 18), ...errors(7, 12), ...errors(5, 20)],
    [12, 18, 20],
  ],
  [
    'five after fifteen',
    [...errors(1, 11), ...errors(4, 13), ...errors(4, 15), ...errors(4, 17), ...errors(2, 18), ...errors(5, 20)],
    [],
  ],
  ['what was ten minutes before does not count', [...errors(50, 10), ...errors(5, 20)], [10, 20]],
])('spikes: %s', (_, entries, spikes) => {
  const rows = errorSpikes(recordsOf(entries as Record<string, unknown>[]))
  const found = rows
    .filter(({ is_spike }) => is_spike)
    .map(({ minute_start }) => (Number(minute_start) - noon) / minute)
  expect(found.toSorted((a, b) => a - b)).toEqual(spikes)
})

test('a minute with errors is a row, a spike or not; one without is none', () => {
  expect(errorSpikes(recordsOf([entry('INFO', 0), ...errors(2, 1), entry('FATAL', 3)]))).toEqual([
    {
      ...{ service: 'kafka', minute_start: noon + minute, minute_end: noon + 2 * minute },
      ...{ errors: 2, errors_before: 0, is_spike: false },
    },
    {
      ...{ service: 'kafka', minute_start: noon + 3 * minute, minute_end: noon + 4 * minute },
      ...{ errors: 1, errors_before: 2, is_spike: false },
    },
  ])
})

test('messages that say the same are counted together, by level', () => {
  const entries = [entry('INFO', 0, 'took 5 ms'), entry('INFO', 1, 'took 12 ms'), entry('WARN', 1, 'took 90 ms')]
  expect(logMessages(recordsOf(entries))).toEqual([
    {
      ...{ service: 'kafka', window_start: noon, window_end: noon + 10 * minute, level: 'INFO' },
      ...{ fingerprint: 'took <n> ms', total: 2 },
    },
    {
      ...{ service: 'kafka', window_start: noon, window_end: noon + 10 * minute, level: 'WARN' },
      ...{ fingerprint: 'took <n> ms', total: 1 },
    },
  ])
})
