/**
 * Event source mappings as text for people.
 */

import { type PartitionLag, sumOfLag } from '../flow/lag.ts'
import type { EventSource, PollerWord, WordReceived } from './event-sources.ts'

/** Cells of a list, the header first. `now` in ms since the epoch, as elsewhere here. */
export function listCells(sources: readonly EventSource[], now: number): string[][] {
  const header = ['mapping', 'wanted', 'state', 'lag', 'as of', 'result']
  return [header, ...sources.flatMap((source) => rowsOf(source, now))]
}

function rowsOf(source: EventSource, now: number): string[][] {
  const { id, isWanted, problem, pollers, lag } = source
  const common = [id, isWanted ? 'enabled' : 'disabled']
  const behind = lag ? sumOfLag(lag).toLocaleString('en') : 'unknown'
  if (pollers.length === 0) return [[...common, 'no poller runs', behind, '-', problem ?? '-']]
  return pollers.map((poller) => {
    const { state, lastProcessingResult } = poller.status
    return [...common, state, behind, age(poller, now), lastProcessingResult]
  })
}

/** A mapping whole: cells of its facts, settings, pollers and partitions, each part with a header. */
export function showCells(source: EventSource, now: number): string[][][] {
  const { id, isWanted, wantedBy, problem, settings, pollers, lag } = source
  const whose = wantedBy === 'operator' ? 'by an operator' : 'by its definition'
  return [
    [
      ['mapping', id],
      ['wanted', `${isWanted ? 'enabled' : 'disabled'} ${whose}`],
      ...(problem ? [['refused', problem]] : []),
      ...(pollers.length === 0 ? [['poller', 'no poller runs: "npm start" runs one']] : []),
    ],
    [['setting', 'value', 'default'], ...settings.map(settingCells)],
    ...pollers.map((poller) => pollerCells(poller, now)),
    lag ? lagCells(lag) : [['lag', 'unknown: Kafka or the topic is away']],
  ].filter((part) => part.length > 1 || part[0]?.[0] === 'lag')
}

function settingCells({ name, value, default: usual }: EventSource['settings'][number]): string[] {
  return [name, value, usual === null ? '(required)' : usual === value ? '(default)' : usual]
}

function pollerCells(poller: PollerWord, now: number): string[][] {
  const { state, lastProcessingResult, pollers, invocationsInFlight, metrics, invocationMs, partitions } = poller.status
  const counts = Object.entries(metrics).filter(([, count]) => count > 0)
  return [
    ['poller', `${poller.name}, process ${poller.pid}, as of ${age(poller, now)}`],
    ['state', state],
    ['last result', lastProcessingResult],
    ['members', `${pollers} in the group, ${invocationsInFlight} invocations in flight`],
    ...(invocationMs
      ? [['invocations', `half within ${invocationMs.p50} ms, 99 % within ${invocationMs.p99} ms, in the last minute`]]
      : []),
    ['partitions', partitions.map(({ partition }) => partition).join(', ') || 'none'],
    ...counts.map(([name, count]) => [name, count.toLocaleString('en')]),
  ]
}

function lagCells(lag: readonly PartitionLag[]): string[][] {
  return [
    ['partition', 'committed', 'end', 'lag'],
    ...lag.map(({ partition, committed, end, lag }) => [partition, committed ?? 'nothing yet', end, lag].map(String)),
  ]
}

/** What became of a word. */
export function wordText({ id, isWanted, isTakenOn, pollers }: WordReceived): string {
  const word = isWanted ? 'enabled' : 'disabled'
  if (isTakenOn === null) return `${id} is to be ${word}; no poller runs, and the next one finds it so`
  if (isTakenOn) return `${id} is ${word}`
  const found = pollers.map(({ name, status }) => `${name}: ${status.state}, ${status.lastProcessingResult}`)
  return `${id} is to be ${word}, and the poller has not taken that on yet (${found.join('; ')})`
}

function age({ at }: PollerWord, now: number): string {
  return `${Math.max(0, Math.round((now - at) / 1000))} s ago`
}
