/**
 * How far a consumer group is behind a topic, from what it has committed: also while nobody polls.
 */
import type { Admin } from 'kafkajs'
import { committedOffsets, offsetBounds } from '../../connect/kafka-offsets.ts'

/** A partition as a group sees it. */
export type PartitionLag = {
  readonly partition: number
  /** The offset that the group reads next; null before its first commit, when the lag counts from the log's start. */
  readonly committed: number | null
  /** The offset that the next record gets. */
  readonly end: number
  readonly lag: number
}

/** The lag of each partition, ordered. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export async function groupLag(admin: Admin, group: string, topic: string): Promise<PartitionLag[]> {
  const [{ start, end }, committed] = await Promise.all([
    offsetBounds(admin, topic),
    committedOffsets(admin, group, topic),
  ])
  return [...end]
    .map(([partition, high]) => {
      const next = committed.get(partition) ?? null
      return { partition, committed: next, end: high, lag: high - Math.max(next ?? 0, start.get(partition) ?? 0) }
    })
    .sort((a, b) => a.partition - b.partition)
}

/** Records that a group is behind in all. */
export function sumOfLag(partitions: readonly PartitionLag[]): number {
  return partitions.reduce((sum, { lag }) => sum + lag, 0)
}
