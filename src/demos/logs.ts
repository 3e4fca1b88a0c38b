/**
 * The demo of the stack's own logs: levels and error rate per service and minute, error spikes, top messages, dead letters.
 */
import { deadLetterGroups } from '../operations/dead-letters/dead-letter-groups.ts'
import { deadLettersOf } from '../operations/dead-letters/dead-letters.ts'
import { topRows } from '../operations/tables/top-rows.ts'
import { compareRows } from './check.ts'
import type { Check, Demo, DemoPlace, ShownTable } from './demo.ts'
import { errorSpikes, logLevels, logMessages } from './log-analytics.ts'
import { figure } from './shown.ts'
import { svgOf } from './svg.ts'

const topic = 'log_entries'

export const demo: Demo = {
  name: 'logs',
  summary: "the stack's own logs: levels and error rate, error spikes, what is said most, malformed lines",
  runs: [{ pipeline: 'logs', records: 20_000, seed: null }],
  verify,
  tables,
  picture,
}

async function verify(place: DemoPlace): Promise<Check[]> {
  const entries = await place.recordsOf(topic)
  return [
    compareRows({
      what: 'log_levels: entries by level and error rate, per service and minute',
      comparedWith: `${topic}, grouped in TypeScript`,
      key: ['service', 'window_start'],
      expected: logLevels(entries),
      found: await place.rowsOf('log_levels'),
    }),
    compareRows({
      what: 'error_spikes: minutes with errors, beside the nine before',
      comparedWith: `${topic}, by the same rule in TypeScript`,
      key: ['service', 'minute_start'],
      expected: errorSpikes(entries),
      found: await place.rowsOf('error_spikes'),
    }),
    compareRows({
      what: 'log_messages: entries per service, level and fingerprint, in ten minutes',
      comparedWith: `${topic}, with fingerprints made in TypeScript`,
      key: ['service', 'window_start', 'level', 'fingerprint'],
      expected: logMessages(entries),
      found: await place.rowsOf('log_messages'),
    }),
  ]
}

/** The results as both table and picture show them. */
async function results({ clients, rowsOf }: DemoPlace) {
  const [levels, spikes, messages, letters] = await Promise.all([
    rowsOf('log_levels'),
    rowsOf('error_spikes'),
    rowsOf('log_messages'),
    deadLettersOf(topic, clients),
  ])
  const services = topRows(levels, { of: ['service'], by: 'total', limit: 100 }).map(({ group, sum }) => {
    const ofService = levels.filter(({ service }) => service === group.service)
    const sumOf = (column: string) => ofService.reduce((total, row) => total + Number(row[column]), 0)
    return {
      service: String(group.service),
      entries: sum,
      warnings: sumOf('warnings'),
      errors: sumOf('errors') + sumOf('fatals'),
    }
  })
  return {
    services,
    levels: levels.toSorted((a, b) => Number(a.window_start) - Number(b.window_start)),
    spikes: spikes
      .filter(({ is_spike }) => is_spike)
      .toSorted((a, b) => Number(a.minute_start) - Number(b.minute_start)),
    messages: topRows(messages, { of: ['service', 'level', 'fingerprint'], by: 'total', limit: 10 }),
    letters: deadLetterGroups(letters),
  }
}

async function tables(place: DemoPlace): Promise<ShownTable[]> {
  const { services, spikes, messages, letters } = await results(place)
  return [
    {
      title: 'Entries by service',
      cells: [
        ['entries', 'warnings', 'errors', 'error rate', 'service'],
        ...services.map(({ service, entries, warnings, errors }) => [
          ...[figure(entries), figure(warnings), figure(errors)],
          `${((100 * errors) / entries).toFixed(2)} %`,
          service,
        ]),
      ],
    },
    {
      title: spikes.length === 0 ? 'Error spikes: none' : 'Error spikes',
      cells: spikes.map((row) => [
        new Date(Number(row.minute_start)).toISOString(),
        `${figure(row.errors)} errors, ${figure(row.errors_before)} in the nine minutes before`,
        figure(row.service),
      ]),
    },
    {
      title: 'Said most',
      cells: messages.map(({ group, sum }) => [
        figure(sum),
        figure(group.level),
        figure(group.service),
        figure(group.fingerprint),
      ]),
    },
    {
      title: letters.length === 0 ? 'Malformed lines: none' : 'Malformed lines: dead letters, with the reason',
      cells: letters.map(({ count, code, reason }) => [figure(count), code, reason]),
    },
  ]
}

/** So many lines, so that they can be told apart. */
const mostLines = 5

async function picture(place: DemoPlace): Promise<string> {
  const { services, levels, spikes, messages, letters } = await results(place)
  const shown = services.slice(0, mostLines)
  const lines = shown.map(({ service }) => ({
    name: service,
    points: levels
      .filter((row) => row.service === service)
      .map((row) => [Number(row.window_start), Number(row.total)] as const),
  }))
  const errors = services.map(({ service, errors: value }) => ({ name: service, value }))
  const lost = letters.reduce((sum, { count }) => sum + count, 0)
  const all = services.reduce((sum, { entries }) => sum + entries, 0)
  const note = `${figure(all)} entries, ${figure(spikes.length)} error spikes, ${figure(lost)} malformed lines as dead letters`
  return svgOf("The stack's own logs, counted by Spark", note, [
    { title: 'Entries per minute', lines },
    { title: 'Errors by service', bars: errors },
    {
      title: 'Said most, by fingerprint',
      bars: messages.map(({ group, sum }) => ({ name: `${group.service}: ${group.fingerprint}`, value: sum })),
    },
  ])
}
