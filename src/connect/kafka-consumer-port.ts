/**
 * The port in front of kafkajs' consumer: one topic, one group member, fetching that never waits for its reader.
 * Positions are explicit (what the group has committed, else the starting position), commits are the reader's.
 * Not for a member itself (kafka-group-member.ts), nor for batching, invoking or deciding what to commit.
 */
import type { KafkaConnection } from './kafka.ts'
import type { PartitionOffsets } from './kafka-offsets.ts'

/** Headers in order. kafkajs groups repeated names, so the order between different names is that of first appearance. */
export type ConsumedHeaders = readonly { readonly name: string; readonly value: Buffer | null }[]

/** One fetched record; `timestamp` in ms since the epoch. */
export type ConsumedRecord = {
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: ConsumedHeaders
}

/** What one fetch brought of one partition; no records when it held only markers or aborted transactions. */
export type FetchedRecords = {
  readonly partition: number
  readonly records: readonly ConsumedRecord[]
  /** Offset behind the fetched ones, those without a record included. */
  readonly next: number
  /** The partition's high watermark. */
  readonly highWatermark: number
}

/** The reader. All calls are synchronous and must not throw. */
export type ConsumerReader = {
  /** The member's partitions from now on; those left out are lost. Comes before any position or record of them. */
  assigned(partitions: readonly number[]): void
  /** Answers from where to fetch a partition whose group offset is `committed`. */
  position(partition: number, committed: number): number
  /** The log does not hold `from` any more (or not yet, if the topic is new); fetching goes on at `to`. */
  moved(partition: number, from: number, to: number): void
  /** Records of one partition, offsets ascending. */
  records(fetched: FetchedRecords): void
  /** Something that is tried again by itself. */
  problem(error: Error): void
  /** The member is gone for good: close it and open another. Called once. */
  ended(error: Error): void
}

/** Where a group begins that has committed nothing; with a time, at the first record that is not older. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | { readonly timestampMs: number }

/** What a member reads, and as whom. A partition that appears later is always read from its start. */
export type ConsumerOptions = KafkaConnection & {
  readonly topic: string
  readonly groupId: string
  readonly startingPosition: StartingPosition | { readonly offsets: PartitionOffsets }
  /**
   * Whether the topic was read before by this process: a group without any offset then means that the topic was deleted,
   * with its offsets, and made again; it is read from its start, so that nothing of the new one is missed.
   */
  hasBegun(): boolean
  readonly reader: ConsumerReader
}

/** A group member. */
export type KafkaConsumer = {
  /** Joins the group, once. Fails with TOPIC_UNKNOWN, KAFKA_REFUSED or KAFKA_UNAVAILABLE; then close it, retrying needs another. */
  join(): Promise<void>
  /** Stops or resumes fetching one partition; what was fetched meanwhile is fetched again. */
  setPaused(partition: number, paused: boolean): void
  /** Commits the next offset to read per partition, once, in the current generation. Rejects when refused. */
  commit(offsets: ReadonlyMap<number, number>): Promise<void>
  /**
   * When the last request was sent, in ms since the epoch, that the group's coordinator or a partition leader answered well;
   * null before the first.
   */
  lastContact(): number | null
  /** Leaves the group and disconnects; gives up waiting after `deadlineMs`. Never rejects. */
  close(deadlineMs: number): Promise<void>
}
