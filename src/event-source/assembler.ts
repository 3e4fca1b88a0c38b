/**
 * Decides when a batch goes out and which records it takes from the queues of a mapping's partitions.
 * Not for sending it: see delivery.ts. Pure but for the queues, which it shortens.
 */
import type { BatchPart, EventWriter, QueuedRecord } from './event.ts'
import type { RecordQueue } from './record-queue.ts'

/** The records of one partition that no batch in flight holds. */
export type FreePartition = {
  readonly id: number
  readonly queue: RecordQueue
  /** When the first queued record could have gone out: its arrival or the end of the partition's invocation, in ms of a clock that is never set. */
  readonly availableSince: number
  /** Fetching is paused because the queue is full, so waiting would bring nothing. */
  readonly full: boolean
}

/** Bounds of a batch: records, ms and bytes of the event. */
export type BatchLimits = {
  readonly batchSize: number
  readonly windowMs: number
  readonly payloadLimitBytes: number
}

/**
 * What to do now: send a batch, deal with a record that no event can hold or may hold, wait so many ms, or nothing until records
 * arrive.
 */
export type Assembly =
  | { readonly kind: 'batch'; readonly parts: readonly BatchPart[] }
  | { readonly kind: 'unfit'; readonly partition: number; readonly record: QueuedRecord }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'idle' }

/**
 * A batch goes out when BatchSize records are there, when the payload limit is reached, when a partition can queue no
 * more, or when the window of the partition that waited longest is over. That partition is taken from first; the batch
 * takes each partition's oldest records, in order. A record that fits into no event, or
 * was refused, is taken alone when it is the oldest of that partition.
 */
export function assemble(
  partitions: Iterable<FreePartition>,
  limits: BatchLimits,
  writer: EventWriter,
  now: number,
): Assembly {
  const waiting = [...partitions].filter(({ queue }) => queue.length > 0)
  if (waiting.length === 0) return { kind: 'idle' }
  waiting.sort((a, b) => a.availableSince - b.availableSince || a.id - b.id)
  const windowEnd = (waiting[0] as FreePartition).availableSince + limits.windowMs
  if (now < windowEnd && !isFull(waiting, limits, writer)) return { kind: 'wait', ms: windowEnd - now }
  const parts = take(waiting, limits, writer)
  if (parts.length > 0) return { kind: 'batch', parts }
  const { id, queue } = waiting[0] as FreePartition
  return { kind: 'unfit', partition: id, record: queue.shift() as QueuedRecord }
}

function isFull(waiting: readonly FreePartition[], limits: BatchLimits, writer: EventWriter): boolean {
  let records = 0
  let bytes = writer.frameBytes
  for (const { id, queue, full } of waiting) {
    records += queue.length
    bytes += writer.partFrameBytes(id) + queue.bytes + queue.length
    if (full || records >= limits.batchSize || bytes > limits.payloadLimitBytes) return true
  }
  return false
}

function take(waiting: readonly FreePartition[], limits: BatchLimits, writer: EventWriter): BatchPart[] {
  const parts: BatchPart[] = []
  let room = limits.batchSize
  let bytes = writer.frameBytes
  for (const { id, queue } of waiting) {
    const records: QueuedRecord[] = []
    // One comma in front of every part but the first, and of every record but a part's first.
    let frame = writer.partFrameBytes(id) + (parts.length === 0 ? 0 : 1)
    for (let next = queue.peek(); next && room > 0; next = queue.peek()) {
      if (next.refused || bytes + frame + next.bytes > limits.payloadLimitBytes) break
      bytes += frame + next.bytes
      frame = 1
      room -= 1
      records.push(next)
      queue.shift()
    }
    if (records.length > 0) parts.push({ partition: id, records })
    if (room === 0 || queue.length > 0) break
  }
  return parts
}
