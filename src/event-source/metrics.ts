/**
 * Counts what a mapping does, under the names of AWS's event source mapping metrics.
 * Source: AWS Lambda Developer Guide, "Event source mapping metrics".
 */
import { quantile } from '../core/quantile.ts'
import type { PartitionStatus } from './partition.ts'
import type { PollerEvent } from './report.ts'

const counted = [
  'PolledEventCount',
  'FilteredOutEventCount',
  'InvokedEventCount',
  'FailedInvokeEventCount',
  'DroppedEventCount',
  'OnFailureDestinationDeliveredEventCount',
  'CommittedEventCount',
  'PollingErrorCount',
  'InvokeErrorCount',
  'OnFailureDestinationDeliveryErrorCount',
  'SchemaRegistryErrorCount',
  'CommitErrorCount',
] as const

/** Sums since the mapping began here. Event counts are records, error counts are failures. */
export type MetricCounts = Readonly<Record<(typeof counted)[number], number>>

/** Records that are behind the settled prefixes: of the partition that is furthest behind, and in all. */
export type LagMetrics = { readonly MaxOffsetLag: number; readonly SumOffsetLag: number }

/** How long invocations took that ended in the last minute, in ms: the middle one, and the one that 1 % exceed. */
export type InvocationTimes = { readonly p50: number; readonly p99: number }

/** A counter of one mapping's events. */
export type MetricsCounter = {
  count(event: PollerEvent): void
  counts(): MetricCounts
  /** Null when no invocation ended in the last minute. */
  invocationMs(): InvocationTimes | null
}

const windowMs = 60_000
/** More than this many are not kept: the latest stand for the minute. */
const mostTimes = 1_000

/** A counter at zero. `droppedCountsDelivered` is the setting of that name. */
export function metricsCounter({ droppedCountsDelivered }: { droppedCountsDelivered: boolean }): MetricsCounter {
  const sums = Object.fromEntries(counted.map((name) => [name, 0])) as Record<(typeof counted)[number], number>
  let times: { readonly at: number; readonly ms: number }[] = []
  return {
    counts: () => ({ ...sums }),
    invocationMs() {
      times = times.filter(({ at }) => at > Date.now() - windowMs)
      if (times.length === 0) return null
      const sorted = times.map(({ ms }) => ms).sort((a, b) => a - b)
      return { p50: quantile(sorted, 0.5) ?? 0, p99: quantile(sorted, 0.99) ?? 0 }
    },
    count(event) {
      switch (event.type) {
        case 'polled':
          sums.PolledEventCount += event.records
          sums.FilteredOutEventCount += event.filtered
          break
        case 'invoked':
          if (event.outcome !== 'undelivered') times.push({ at: Date.now(), ms: event.ms })
          if (times.length > 2 * mostTimes) times = times.slice(-mostTimes)
          if (event.outcome !== 'undelivered') sums.InvokedEventCount += event.records
          sums.FailedInvokeEventCount += event.failed
          if (event.outcome === 'function-error' || event.outcome === 'undelivered') sums.InvokeErrorCount += 1
          break
        case 'dropped':
          if (event.delivered) sums.OnFailureDestinationDeliveredEventCount += event.records
          if (!event.delivered || droppedCountsDelivered) sums.DroppedEventCount += event.records
          break
        case 'destination-failed':
          sums.OnFailureDestinationDeliveryErrorCount += 1
          break
        case 'commit':
          sums.CommittedEventCount += event.records
          break
        case 'commit-failed':
          sums.CommitErrorCount += 1
          break
        case 'registry-failed':
        case 'undecodable':
          sums.SchemaRegistryErrorCount += 1
          break
        case 'polling-failed':
          sums.PollingErrorCount += 1
          break
      }
    },
  }
}

/** The lag of partitions; those that were not fetched yet count as none. */
export function lagOf(partitions: readonly PartitionStatus[]): LagMetrics {
  const lags = partitions.map(({ lag }) => lag ?? 0)
  return { MaxOffsetLag: Math.max(0, ...lags), SumOffsetLag: lags.reduce((sum, lag) => sum + lag, 0) }
}
