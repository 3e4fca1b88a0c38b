/**
 * The status of a mapping, which the poller tells on request.
 */
import type { InvocationTimes, LagMetrics, MetricCounts } from './metrics.ts'
import type { PartitionStatus } from './partition.ts'
import type { MappingState } from './report.ts'

/** A mapping as of now; one whose first definition was refused has an empty function, topic and group. */
export type MappingStatus = {
  readonly id: string
  readonly functionName: string
  readonly topic: string
  readonly consumerGroupId: string
  readonly state: MappingState
  /** `OK`, `No records processed`, or `PROBLEM: ` and a sentence. */
  readonly lastProcessingResult: string
  /** Members of the consumer group here. */
  readonly pollers: number
  readonly invocationsInFlight: number
  readonly metrics: MetricCounts & LagMetrics
  /** Null when none ended in the last minute. */
  readonly invocationMs: InvocationTimes | null
  readonly partitions: readonly PartitionStatus[]
}
