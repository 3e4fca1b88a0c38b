/**
 * One partition during one assignment: its queue, its settled prefix and whether it may go on.
 * Not for deciding when its records go out: see assembler.ts.
 */
import type { ConsumedRecord, FetchedRecords } from '../connect/kafka-consumer-port.ts'
import type { BatchPart, EventWriter, QueuedRecord } from './event.ts'
import type { RecordFilter } from './filter/record-filter.ts'
import { RecordQueue } from './record-queue.ts'
import { SettledPrefix } from './settled-prefix.ts'

/** One assigned partition. */
export type PartitionStatus = {
  readonly partition: number
  /** Next offset that the group would read. */
  readonly committed: number
  /** Records settled since the assignment. */
  readonly settled: number
  /** Records fetched and neither settled nor in flight. */
  readonly queued: number
  readonly isInFlight: boolean
  /** Records between the settled prefix and the end of the range, else the high watermark; null before the first fetch. */
  readonly lag: number | null
}

/** A record that can go into no event and that nobody takes, and why. */
export type HeldRecord = { readonly offset: number; readonly reason: string }

/** State of an assigned partition. A lost one keeps its records in flight, but commits nothing any more. */
export class Partition {
  readonly id: number
  /** Nothing at or behind this offset is read; null without a bound. */
  readonly end: number | null
  readonly queue = new RecordQueue()
  /** Fetched and not decoded yet; only with a schema registry. */
  readonly undecoded: ConsumedRecord[] = []
  readonly prefix: SettledPrefix
  availableSince = 0
  /** Fetching is paused because the queue is full. */
  full = false
  isLost = false
  /**
   * False after a rebalance until the group's offset is known again: another member may have gone further meanwhile, so
   * that committing would set it back and sending would bring old records behind new ones.
   */
  isLocated = true
  /** The group offset as this member knows it. */
  committed: number
  #settled = 0
  #highWatermark: number | null = null
  /** The record that stops this partition. */
  held: HeldRecord | null = null

  constructor(id: number, committed: number, start: number, end: number | null) {
    this.id = id
    this.end = end
    this.committed = committed
    this.prefix = new SettledPrefix(start)
  }

  /** Whether nothing is to be fetched for now. */
  get isPaused(): boolean {
    return this.full || this.held !== null || this.undecoded.length > 0 || this.isRead
  }

  /** Whether everything before the end was received, so that there is nothing more to fetch. */
  get isRead(): boolean {
    return this.end !== null && this.prefix.end >= this.end
  }

  /** Whether everything before the end is settled. */
  get isEnded(): boolean {
    return this.end !== null && this.prefix.next >= this.end
  }

  /** Whether the group offset shows that nobody else went further meanwhile and nobody set it back. */
  isContinuedBy(committed: number): boolean {
    return this.committed <= committed && committed <= this.prefix.next
  }

  /** Goes on behind records that the log lost, but not behind the end. */
  skipTo(offset: number): void {
    this.prefix.skipTo(Math.min(offset, this.end ?? offset))
  }

  /** Queues what was fetched, all of it before the end; what the filter keeps away is settled at once. Answers how many that were. */
  receive(
    { records, next, highWatermark }: FetchedRecords,
    writer: EventWriter,
    filter: RecordFilter | null,
    now: number,
  ): number {
    this.#highWatermark = highWatermark
    let filtered = 0
    for (const record of records) {
      this.prefix.receive(record.offset)
      if (filter !== null && !filter(record.value)) {
        this.prefix.settle(record.offset)
        filtered += 1
        continue
      }
      this.enqueue(writer.queued(this.id, record), now)
    }
    this.prefix.skipTo(next)
    return filtered
  }

  /** Takes note of what was fetched and is to be decoded before it is queued. */
  take({ records, next, highWatermark }: FetchedRecords): void {
    this.#highWatermark = highWatermark
    for (const record of records) {
      this.prefix.receive(record.offset)
      this.undecoded.push(record)
    }
    this.prefix.skipTo(next)
  }

  enqueue(record: QueuedRecord, now: number): void {
    if (this.queue.length === 0) this.availableSince = now
    this.queue.push(record)
  }

  settle({ records }: BatchPart): void {
    for (const { offset } of records) this.prefix.settle(offset)
    this.#settled += records.length
  }

  status(isInFlight: boolean): PartitionStatus {
    const { id, committed, queue, undecoded, prefix } = this
    const horizon = this.end ?? this.#highWatermark
    const lag = horizon === null ? null : Math.max(0, horizon - prefix.next)
    const queued = queue.length + undecoded.length
    return { partition: id, committed, settled: this.#settled, queued, isInFlight, lag }
  }
}
