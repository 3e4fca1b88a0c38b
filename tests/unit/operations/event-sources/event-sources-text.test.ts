import { describe, expect, test } from 'vitest'
import { parseMapping } from '../../../../src/event-source/mapping.ts'
import { mappingSettings } from '../../../../src/operations/event-sources/event-source-settings.ts'
import type { EventSource } from '../../../../src/operations/event-sources/event-sources.ts'
import { listCells, showCells, wordText } from '../../../../src/operations/event-sources/event-sources-text.ts'
import { mappingStatus } from '../mapping-status.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['orders'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1', 'h:2'] } },
  StartingPosition: 'TRIM_HORIZON',
}
const id = 'sluice-orders-write'
const now = 100_000
const poller = { pid: 7, name: 'npm start', at: now - 3_000, status: mappingStatus() }
const source: EventSource = {
  id,
  functionName: 'f',
  topic: 'orders',
  consumerGroupId: id,
  isWanted: true,
  wantedBy: 'definition',
  problem: null,
  settings: mappingSettings(parseMapping(id, properties)),
  pollers: [poller],
  lag: [
    { partition: 0, committed: 1_000, end: 2_500, lag: 1_500 },
    { partition: 1, committed: null, end: 7, lag: 7 },
  ],
}

describe('a list', () => {
  test('says what each poller says and how old that is', () => {
    const other = { ...poller, status: mappingStatus({ state: 'Disabling', lastProcessingResult: 'PROBLEM: x' }) }
    expect(listCells([{ ...source, pollers: [poller, other] }], now).slice(1)).toEqual([
      [id, 'enabled', 'Enabled', '1,507', '3 s ago', 'OK'],
      [id, 'enabled', 'Disabling', '1,507', '3 s ago', 'PROBLEM: x'],
    ])
  })

  test('says when no poller runs, and when the lag cannot be known', () => {
    const refused = { ...source, isWanted: false, pollers: [], lag: null, problem: 'BatchSize is 0' }
    expect(listCells([refused], now)[1]).toEqual([id, 'disabled', 'no poller runs', 'unknown', '-', 'BatchSize is 0'])
  })
})

describe('one mapping', () => {
  test('is shown with every setting, what its poller says, and each partition', () => {
    const [facts, settings, said, lag] = showCells(source, now)
    expect(facts).toContainEqual(['wanted', 'enabled by its definition'])
    expect(settings).toContainEqual(['BatchSize', '100', '(default)'])
    expect(settings).toContainEqual(['Topics', 'orders', '(required)'])
    expect(said?.[0]).toEqual(['poller', 'npm start, process 7, as of 3 s ago'])
    expect(lag?.slice(1)).toEqual([
      ['0', '1000', '2500', '1500'],
      ['1', 'nothing yet', '7', '7'],
    ])
  })

  test('that is refused says why, without settings', () => {
    const parts = showCells({ ...source, problem: 'BatchSize is 0', settings: [], pollers: [], lag: null }, now)
    expect(parts[0]).toContainEqual(['refused', 'BatchSize is 0'])
    expect(parts[0]).toContainEqual(['poller', 'no poller runs: "npm start" runs one'])
    expect(parts.slice(1)).toEqual([[['lag', 'unknown: Kafka or the topic is away']]])
  })
})

describe('settings', () => {
  const values = (more: object) =>
    Object.fromEntries(mappingSettings(parseMapping(id, { ...properties, ...more })).map((each) => [each.name, each]))

  test('that differ are shown with their default', () => {
    const found = values({
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: 'kafka://given-up' } },
      FilterCriteria: { Filters: [{ Pattern: '{"value":[1]}' }] },
      ProvisionedPollerConfig: { MinimumPollers: 2 },
      Enabled: false,
    })
    expect(Object.values(found).map(({ name, value, default: usual }) => [name, value, usual])).toEqual([
      ['FunctionName', 'f', null],
      ['Topics', 'orders', null],
      ['Kafka', 'h:1,h:2', null],
      ['ConsumerGroupId', id, id],
      ['StartingPosition', 'TRIM_HORIZON', null],
      ['BatchSize', '500', '100'],
      ['MaximumBatchingWindowInSeconds', '1', '0.5'],
      ['MaximumRetryAttempts', '3', '-1 (without end)'],
      ['MaximumRecordAgeInSeconds', '60', '-1 (without end)'],
      ['BisectBatchOnFunctionError', 'true', 'false'],
      ['FunctionResponseTypes', 'ReportBatchItemFailures', 'none'],
      ['DestinationConfig', 'kafka://given-up', 'none'],
      ['FilterCriteria', '{"value":[1]}', 'none'],
      ['ProvisionedPollerConfig', '2 to 200 pollers', 'none'],
      ['Enabled', 'false', 'true'],
    ])
  })

  test('of a cluster and of a time', () => {
    const arn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1'
    const source = { SelfManagedEventSource: undefined, EventSourceArn: arn }
    const found = values({ ...source, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1 })
    expect(found.Kafka?.value).toBe(arn)
    expect(found.StartingPosition?.value).toBe('AT_TIMESTAMP 1970-01-01T00:00:01.000Z')
  })
})

test('a word is taken on, or not yet, or there is nobody to take it on', () => {
  const received = { id, isWanted: false, pollers: [poller] }
  expect(wordText({ ...received, isTakenOn: true })).toBe(`${id} is disabled`)
  expect(wordText({ ...received, isTakenOn: null, pollers: [] })).toContain('no poller runs')
  expect(wordText({ ...received, isTakenOn: false })).toContain('not taken that on yet (npm start: Enabled, OK)')
})
