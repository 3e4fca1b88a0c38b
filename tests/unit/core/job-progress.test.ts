import { expect, test } from 'vitest'
import { type BatchProgress, countBatches, noCounts } from '../../../src/core/job-progress.ts'

const at = (seconds: number) => new Date(seconds * 1000).toISOString()

/** A batch that was run; `ends` are rows by the end of their window, in ms. */
function batch(batchId: number, watermark: number, ends: Record<string, number>, change: object = {}): BatchProgress {
  return {
    batchId,
    timestamp: at(0),
    batchDuration: 10,
    numInputRows: 0,
    inputRowsPerSecond: 0,
    durationMs: { addBatch: 5 },
    eventTime: { watermark: at(watermark) },
    stateOperators: [],
    sink: { numOutputRows: 0 },
    observedMetrics: {
      users: { records: 10, undecodable: 2, untimed: 1 },
      users__windows: { ends: JSON.stringify(ends) },
    },
    ...change,
  }
}

test('a row is late when its window ended by the watermark of the batch before', () => {
  const counts = countBatches(noCounts, [
    batch(0, 60, { 30000: 3, 90000: 4 }),
    batch(1, 120, { 59999: 1, 60000: 2, 60001: 4, 120000: 8 }),
  ])
  expect(counts).toEqual({
    records: 20,
    undecodable: 4,
    untimed: 2,
    late: 3,
    unseenBatches: 0,
    batchId: 1,
    watermarkMs: 120_000,
  })
})

test('a batch is counted once, however often it is reported', () => {
  const batches = [batch(0, 0, {}), batch(1, 0, {})]
  const once = countBatches(noCounts, batches)
  expect(countBatches(once, batches)).toEqual(once)
  expect(countBatches(once, [...batches, batch(2, 0, {})]).records).toBe(30)
})

test('a trigger without a batch counts nothing', () => {
  const idle = batch(0, 60, { 1: 1 }, { durationMs: { latestOffset: 3 } })
  expect(countBatches(noCounts, [idle])).toEqual(noCounts)
})

test('batches that nobody saw are told', () => {
  const counts = countBatches(noCounts, [batch(0, 0, {}), batch(4, 0, {})])
  expect(counts).toMatchObject({ records: 20, unseenBatches: 3, batchId: 4 })
})

test('without a watermark nothing is late, and the one before holds', () => {
  const first = countBatches(noCounts, [batch(0, 60, { 1: 5 })])
  expect(first.late).toBe(0)
  const next = countBatches(first, [batch(1, 0, {}, { eventTime: {} })])
  expect(next.watermarkMs).toBe(60_000)
})

test('metrics of a batch without rows are null', () => {
  const observedMetrics = { users: { records: 0, undecodable: null, untimed: null }, users__windows: { ends: null } }
  expect(countBatches(noCounts, [batch(0, 0, {}, { observedMetrics })])).toMatchObject({ records: 0, late: 0 })
})
