/** The status of a mapping that runs and has nothing to do. */
import type { MappingStatus } from '../../../src/event-source/mapping-status.ts'
import { metricsCounter } from '../../../src/event-source/metrics.ts'

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
