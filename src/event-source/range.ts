/**
 * The part of a topic's log that a mapping is bound to. Pure.
 * Not for choosing it: deployed mappings have none, and go on.
 */
import type { FetchedRecords } from '../connect/kafka-consumer-port.ts'
import type { PartitionOffsets } from '../connect/kafka-offsets.ts'

/** The offsets of one partition from `start` on and before `end`; `end` is not below `start`. */
export type PartitionRange = { readonly partition: number; readonly start: number; readonly end: number }

/** The ranges of a topic's partitions, each at most once; of a partition that has none, nothing is read. */
export type MappingRange = readonly PartitionRange[]

/** Before which offset a partition ends; null where the mapping has no range. */
export function endOf(range: MappingRange | null, partition: number): number | null {
  return range && (range.find((each) => each.partition === partition)?.end ?? 0)
}

/** Where the consumer group begins. */
export function startsOf(range: MappingRange): PartitionOffsets {
  return new Map(range.map(({ partition, start }) => [partition, start]))
}

/** Offsets of a range; some may hold no record. */
export function lengthOf(range: MappingRange): number {
  return range.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** What was fetched before `end`. */
export function fetchedBefore(end: number, fetched: FetchedRecords): FetchedRecords {
  if (fetched.next <= end) return fetched
  return { ...fetched, records: fetched.records.filter(({ offset }) => offset < end), next: end }
}
