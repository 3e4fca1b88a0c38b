/**
 * Parsing of the positions that bound a replay.
 */
import { InvalidArgumentError } from 'commander'
import type { PartitionPosition, ReplayPosition } from '../operations/event-sources/replay-range.ts'
import { parseTime } from './arguments.ts'

const allowed =
  'Allowed is an offset (1200), a list of topic-partition:offset (users_enriched-0:1200,users_enriched-3:80), a time in ' +
  'ISO 8601 with its zone (2026-11-21T09:00:00Z), or how long ago (2h, 30m).'

/** An offset of every partition, offsets of some, a time, or how long ago. */
export function replayPosition(text: string, now: number = Date.now()): ReplayPosition {
  if (/^\d{1,15}$/.test(text)) return { text, kind: 'offset', offset: Number(text) }
  const timestampMs = parseTime(text, now)
  if (timestampMs !== null) return { text, kind: 'time', timestampMs }
  const offsets = text.split(',').map(partitionPosition)
  const names = new Set(offsets.map((each) => each?.partition))
  if (!offsets.every((each) => each !== null) || names.size < offsets.length) throw new InvalidArgumentError(allowed)
  return { text, kind: 'offsets', offsets }
}

function partitionPosition(text: string): PartitionPosition | null {
  const [, topic = '', partition, offset] = /^([\w.-]+)-(\d{1,9}):(\d{1,15})$/.exec(text) ?? []
  return topic ? { topic, partition: Number(partition), offset: Number(offset) } : null
}
