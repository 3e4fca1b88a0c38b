import { expect, test } from 'vitest'
import { parseMapping } from '../../../../src/event-source/mapping.ts'
import { lengthOf } from '../../../../src/event-source/range.ts'
import type { ReplayPlan } from '../../../../src/operations/event-sources/replay.ts'
import { replayProgress } from '../../../../src/operations/event-sources/replay-progress.ts'
import { planCells, progressLine, resultText } from '../../../../src/operations/event-sources/replay-text.ts'
import { mappingStatus } from '../mapping-status.ts'

const range = [
  { partition: 0, start: 0, end: 3_000 },
  { partition: 1, start: 10, end: 1_010 },
  { partition: 2, start: 5, end: 5 },
]
const mapping = parseMapping('sluice-orders-write-replay-1', {
  FunctionName: 'sluice-orders-write',
  Topics: ['orders'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1'] } },
  StartingPosition: 'LATEST',
})
const total = lengthOf(range)
const plan: ReplayPlan = { pipeline: 'orders', stage: 'write', liveGroup: 'sluice-orders-write', mapping, range, total }
const partition = (id: number, lag: number | null) => ({
  partition: id,
  committed: 0,
  settled: 0,
  queued: 0,
  isInFlight: false,
  lag,
})

test('progress counts what is left, also of a partition that is nobody’s for a moment', () => {
  let now = 0
  const progressOf = replayProgress(range, () => now)
  expect(progressOf(undefined)).toEqual({ total: 4_000, done: 0, perSecond: 0, remainingMs: null, problem: null })
  now = 1_000
  const both = mappingStatus({ partitions: [partition(0, 2_500), partition(1, 500), partition(2, 0)] })
  expect(progressOf(both)).toEqual({ total: 4_000, done: 1_000, perSecond: 1_000, remainingMs: 3_000, problem: null })
  now = 2_000
  const one = mappingStatus({ partitions: [partition(1, 0)], lastProcessingResult: 'PROBLEM: the function failed' })
  const last = progressOf(one)
  expect(last).toMatchObject({ done: 1_500, problem: 'PROBLEM: the function failed' })
  expect(progressLine(last)).toBe('1,500 of 4,000 records, 750 a second, 3.3 s left; PROBLEM: the function failed')
})

test('a plan shows the partitions that have something to replay', () => {
  expect(planCells(plan)).toEqual([
    ['partition', 'from', 'before', 'records'],
    ['orders-0', '0', '3000', '3,000'],
    ['orders-1', '10', '1010', '1,000'],
  ])
})

test('an end says what was done, and how to go on with what was not', () => {
  const result = { done: 4_000, ms: 12_000, resume: null, isGroupDeleted: true }
  expect(resultText(plan, result, 'default')).toBe(
    'replayed 4,000 records of orders through sluice-orders-write in 12 s; group sluice-orders-write is where it was',
  )
  const resume = { from: 'orders-0:7', to: 'orders-0:3000' }
  expect(resultText(plan, { done: 7, ms: 300_000, resume, isGroupDeleted: false }, 'second')).toBe(
    `stopped after 7 of 4,000 records of orders through sluice-orders-write in 5 min. To go on:
  npm run sluice -- replay orders --stage write --from orders-0:7 --to orders-0:3000 --environment second
group sluice-orders-write-replay-1 could not be deleted; the next replay does it`,
  )
})
