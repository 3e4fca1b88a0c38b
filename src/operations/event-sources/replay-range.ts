/**
 * From where to where a replay reads: what an operator gave against what the topic holds. Pure.
 */
import type { PartitionOffsets } from '../../connect/kafka-offsets.ts'
import { SluiceError } from '../../core/errors.ts'
import type { MappingRange, PartitionRange } from '../../event-source/range.ts'

/** A position as given; `text` as it was typed. */
export type ReplayPosition = { readonly text: string } & (
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'offsets'; readonly offsets: readonly PartitionPosition[] }
  /** Milliseconds since the epoch. */
  | { readonly kind: 'time'; readonly timestampMs: number }
)

/** `topic-partition:offset`. */
export type PartitionPosition = { readonly topic: string; readonly partition: number; readonly offset: number }

/** What the topic holds, and the first offsets that are not older than the times given. */
export type ReplayBounds = {
  readonly start: PartitionOffsets
  readonly end: PartitionOffsets
  readonly sinceFrom: PartitionOffsets | null
  readonly sinceTo: PartitionOffsets | null
}

type Side = { readonly option: '--from' | '--to'; readonly position: ReplayPosition; readonly since: PartitionOffsets }

/**
 * The range of each partition, ordered. One offset for all is cut to what each partition holds; a list leaves out the
 * partitions that it does not name. Without `to` up to the end. Fails with ARGUMENT_INVALID where an offset is outside
 * of the log, a partition does not exist, or `to` is before `from`.
 */
export function replayRange(
  topic: string,
  from: ReplayPosition,
  to: ReplayPosition | null,
  { start, end, sinceFrom, sinceTo }: ReplayBounds,
): MappingRange {
  if (to && isReversed(from, to)) throw refusal(`--to ${to.text} is before --from ${from.text}: exchange them`)
  const bounds = { topic, start, end }
  const starts = offsetsOf({ option: '--from', position: from, since: sinceFrom ?? start }, bounds)
  const ends = to ? offsetsOf({ option: '--to', position: to, since: sinceTo ?? end }, bounds) : end
  const ranges = [...starts].flatMap(([partition, first]): PartitionRange[] => {
    const last = ends.get(partition)
    return last === undefined ? [] : [{ partition, start: first, end: last }]
  })
  const reversed = ranges.find((each) => each.start > each.end)
  if (reversed) {
    const { partition, start: first, end: last } = reversed
    throw refusal(`--to is before --from in ${topic}-${partition}: ${last} is before ${first}`)
  }
  if (ranges.length === 0) throw refusal(`--from and --to name no partition of ${topic} in common`)
  return ranges.sort((a, b) => a.partition - b.partition)
}

/** The positions in the form that `--from` and `--to` take. */
export function positionList(topic: string, offsets: PartitionOffsets): string {
  return [...offsets].map(([partition, offset]) => `${topic}-${partition}:${offset}`).join(',')
}

type Log = { readonly topic: string; readonly start: PartitionOffsets; readonly end: PartitionOffsets }

function offsetsOf({ option, position, since }: Side, log: Log): PartitionOffsets {
  switch (position.kind) {
    case 'time':
      return since
    case 'offset':
      return ofEveryPartition(option, position.offset, log)
    case 'offsets':
      return new Map(position.offsets.map((each) => [each.partition, listed(option, each, log)]))
  }
}

function ofEveryPartition(option: string, offset: number, { topic, start, end }: Log): PartitionOffsets {
  const held = [...end].map(([partition, last]) => ({ partition, first: start.get(partition) ?? 0, last }))
  const isBetween = held.some(({ first }) => offset >= first) && held.some(({ last }) => offset <= last)
  if (!isBetween) {
    const there = held.map(({ partition, first, last }) => `${partition}: ${first} to ${last}`).join(', ')
    throw refusal(`${option} ${offset} is outside of ${topic}, whose partitions have ${there}`)
  }
  return new Map(held.map(({ partition, first, last }) => [partition, Math.min(Math.max(offset, first), last)]))
}

function listed(option: string, { topic: named, partition, offset }: PartitionPosition, { topic, start, end }: Log) {
  const last = end.get(partition)
  const first = start.get(partition) ?? 0
  if (named !== topic) throw refusal(`${option} names topic "${named}", and the stage reads ${topic}`)
  if (last === undefined) {
    throw refusal(`${option} names partition ${partition}, and ${topic} has 0 to ${end.size - 1}`)
  }
  if (offset < first || offset > last) {
    throw refusal(`${option} ${topic}-${partition}:${offset} is outside of the log, which has ${first} to ${last}`)
  }
  return offset
}

function isReversed(from: ReplayPosition, to: ReplayPosition): boolean {
  if (from.kind === 'offset' && to.kind === 'offset') return to.offset < from.offset
  return from.kind === 'time' && to.kind === 'time' && to.timestampMs < from.timestampMs
}

function refusal(message: string): SluiceError {
  return new SluiceError('ARGUMENT_INVALID', message)
}
