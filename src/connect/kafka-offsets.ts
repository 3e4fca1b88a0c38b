/**
 * Offsets of topics and of consumer groups, by partition. All of it fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED.
 */
import type { Admin } from 'kafkajs'
import { kafkaAnswer } from './kafka.ts'
import { onceLoaded } from './kafka-groups.ts'

/** Offsets by partition. */
export type PartitionOffsets = ReadonlyMap<number, number>

type Bounds = { readonly start: PartitionOffsets; readonly end: PartitionOffsets }

/** The first offset that each partition still holds, and the one that its next record gets. */
export async function offsetBounds(admin: Admin, topic: string): Promise<Bounds> {
  const offsets = await kafkaAnswer(`the offsets of topic ${topic}`, admin.fetchTopicOffsets(topic))
  return {
    start: new Map(offsets.map(({ partition, low }) => [partition, Number(low)])),
    end: new Map(offsets.map(({ partition, high }) => [partition, Number(high)])),
  }
}

/** Each partition's first offset whose record is not older than the time (ms since the epoch); its end where there is none. */
export async function offsetsSince(admin: Admin, topic: string, timestampMs: number): Promise<PartitionOffsets> {
  const asked = admin.fetchTopicOffsetsByTimestamp(topic, timestampMs)
  const offsets = await kafkaAnswer(`the offsets of topic ${topic}`, asked)
  return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
}

/** What a group has committed: the offset it reads next; absent for a partition without a commit. Waits for a coordinator that loads. */
export async function committedOffsets(admin: Admin, groupId: string, topic: string): Promise<PartitionOffsets> {
  const asked = onceLoaded(() => admin.fetchOffsets({ groupId, topics: [topic] }))
  const [answer] = await kafkaAnswer(`the offsets of group ${groupId}`, asked)
  const committed = (answer?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const)
  return new Map(committed.filter(([, offset]) => offset >= 0))
}
