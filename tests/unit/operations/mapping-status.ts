/** The status of a mapping that runs and has nothing to do. */
import { metricsCounter } from '../../../src/event-source/metrics.ts'
import type { MappingStatus } from '../../../src/event-source/report.ts'

/** A status, with what differs. */
export function mappingStatus(change: Partial<MappingStatus> = {}): MappingStatus {
  return {
    id: 'sluice-orders-write',
    functionName: 'sluice-orders-write',
    topic: 'orders',
    consumerGroupId: 'sluice-orders-write',
    state: 'Enabled',
    lastProcessingResult: 'OK',
    pollers: 1,
    invocationsInFlight: 0,
    metrics: { ...metricsCounter({ droppedCountsDelivered: false }).counts(), MaxOffsetLag: 0, SumOffsetLag: 0 },
    invocationMs: null,
    partitions: [],
    ...change,
  }
}
