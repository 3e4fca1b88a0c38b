/**
 * One partition during one assignment: its queue, its settled prefix and whether it may go on.
 * Not for deciding when its records go out: see assembler.ts.
 */
import type { FetchedRecords } from '../connect/kafka-consumer.ts'
import type { BatchPart, EventWriter } from './event.ts'
import { RecordQueue } from './record-queue.ts'
import type { PartitionStatus } from './report.ts'
import { SettledPrefix } from './settled-prefix.ts'

/** A record that no event can hold. */
export type OversizedRecord = { readonly offset: number; readonly bytes: number }

/** State of an assigned partition. A lost one keeps its records in flight, but commits nothing any more. */
export class Partition {
  readonly id: number
  readonly queue = new RecordQueue()
  readonly prefix: SettledPrefix
  availableSince = 0
  /** Fetching is paused because the queue is full. */
  full = false
  isLost = false
  /** The group offset as this member knows it. */
  committed: number
  #settled = 0
  #highWatermark: number | null = null
  #held: OversizedRecord | null = null

  constructor(id: number, committed: number, start: number) {
    this.id = id
    this.committed = committed
    this.prefix = new SettledPrefix(start)
  }

  /** The record that stops this partition. */
  get held(): OversizedRecord | null {
    return this.#held
  }

  /** Whether the group offset shows that nobody else went further meanwhile and nobody set it back. */
  isContinuedBy(committed: number): boolean {
    return this.committed <= committed && committed <= this.prefix.next
  }

  /**
   * Queues what was fetched; records behind a held one are left out. Answers the records larger than `limitBytes`
   * as events of their own: with `hold` the first stops the partition, with `discard` they are settled.
   */
  receive(
    { records, next, highWatermark }: FetchedRecords,
    writer: EventWriter,
    { limitBytes, oversized, now }: { limitBytes: number; oversized: 'hold' | 'discard'; now: number },
  ): OversizedRecord[] {
    this.#highWatermark = highWatermark
    const tooLarge: OversizedRecord[] = []
    if (this.#held) return tooLarge
    const frameBytes = writer.frameBytes + writer.partFrameBytes(this.id)
    for (const record of records) {
      const queued = writer.queued(this.id, record)
      const bytes = frameBytes + queued.bytes
      this.prefix.receive(record.offset)
      if (bytes <= limitBytes) {
        if (this.queue.length === 0) this.availableSince = now
        this.queue.push(queued)
        continue
      }
      tooLarge.push({ offset: record.offset, bytes })
      if (oversized === 'hold') {
        this.#held = { offset: record.offset, bytes }
        return tooLarge
      }
      this.prefix.settle(record.offset)
    }
    this.prefix.skipTo(next)
    return tooLarge
  }

  settle({ records }: BatchPart): void {
    for (const { offset } of records) this.prefix.settle(offset)
    this.#settled += records.length
  }

  status(isInFlight: boolean): PartitionStatus {
    const { id, committed, queue, prefix } = this
    const lag = this.#highWatermark === null ? null : Math.max(0, this.#highWatermark - prefix.next)
    return { partition: id, committed, settled: this.#settled, queued: queue.length, isInFlight, lag }
  }
}
