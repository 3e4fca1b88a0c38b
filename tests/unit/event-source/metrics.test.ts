import { expect, test } from 'vitest'
import { lagOf, metricsCounter } from '../../../src/event-source/metrics.ts'

const mapping = 'm'
const invoked = { type: 'invoked', mapping, partitions: [0], bytes: 1, ms: 1, attempt: 0, requestId: null } as const

test('counts under the names of AWS', () => {
  const { count, counts } = metricsCounter({ droppedCountsDelivered: false })
  count({ type: 'polled', mapping, partition: 0, records: 10, filtered: 3 })
  count({ ...invoked, outcome: 'success', records: 2, failed: 0 })
  count({ ...invoked, outcome: 'partial', records: 4, failed: 1 })
  count({ ...invoked, outcome: 'function-error', records: 1, failed: 1 })
  count({ ...invoked, outcome: 'undelivered', records: 1, failed: 1 })
  count({ type: 'dropped', mapping, records: 5, condition: 'RecordAgeExceeded', delivered: false })
  count({ type: 'dropped', mapping, records: 7, condition: 'RecordAgeExceeded', delivered: true })
  count({ type: 'destination-failed', mapping, records: 7, reason: '' })
  count({ type: 'commit', mapping, offsets: new Map(), records: 6 })
  count({ type: 'commit-failed', mapping, reason: '' })
  count({ type: 'polling-failed', mapping, reason: '' })
  expect(counts()).toEqual({
    PolledEventCount: 10,
    FilteredOutEventCount: 3,
    InvokedEventCount: 7,
    FailedInvokeEventCount: 3,
    DroppedEventCount: 5,
    OnFailureDestinationDeliveredEventCount: 7,
    CommittedEventCount: 6,
    PollingErrorCount: 1,
    InvokeErrorCount: 2,
    OnFailureDestinationDeliveryErrorCount: 1,
    SchemaRegistryErrorCount: 0,
    CommitErrorCount: 1,
  })
})

test('counts what a destination took as dropped only if the setting says so', () => {
  const { count, counts } = metricsCounter({ droppedCountsDelivered: true })
  count({ type: 'dropped', mapping, records: 7, condition: 'RetryAttemptsExhausted', delivered: true })
  expect(counts().DroppedEventCount).toBe(7)
})

test('the lag is that of the partition furthest behind, and of all', () => {
  const partition = { partition: 0, committed: 0, settled: 0, queued: 0, isInFlight: false }
  const lags = [5, null, 7].map((lag) => ({ ...partition, lag }))
  expect(lagOf(lags)).toEqual({ MaxOffsetLag: 7, SumOffsetLag: 12 })
  expect(lagOf([])).toEqual({ MaxOffsetLag: 0, SumOffsetLag: 0 })
})
