/**
 * A sink that functions settle records in; a watch that no consumer group gets ahead of it or falls back; and the
 * reconciliation of topic, group and sink in the end.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { expect, vi } from 'vitest'
import { committedOffsets, offsetBounds } from '../../src/connect/kafka-offsets.ts'

/** A record by its place. */
export type Place = { readonly partition: number; readonly offset: number }

/** What is settled for good: a function fills it before it answers. */
export type Sink = {
  settle(places: readonly Place[]): void
  has(place: Place): boolean
  /** The first offset of a partition that is not settled. */
  prefix(partition: number): number
  /** Records, each counted once. */
  size(): number
}

export function newSink(): Sink {
  const settled = new Map<number, Set<number>>()
  const prefixes = new Map<number, number>()
  const has = ({ partition, offset }: Place) => settled.get(partition)?.has(offset) ?? false
  return {
    has,
    settle(places) {
      for (const { partition, offset } of places) {
        const offsets = settled.get(partition) ?? new Set()
        settled.set(partition, offsets.add(offset))
      }
    },
    prefix(partition) {
      let offset = prefixes.get(partition) ?? 0
      while (has({ partition, offset })) offset += 1
      prefixes.set(partition, offset)
      return offset
    },
    size: () => [...settled.values()].reduce((sum, { size }) => sum + size, 0),
  }
}

/** The end of each partition's log, in the order of partitions. */
export async function endsOf(admin: Admin, topic: string): Promise<number[]> {
  const { end } = await offsetBounds(admin, topic)
  return [...end].sort(([a], [b]) => a - b).map(([, offset]) => offset)
}

/**
 * Waits until a group has committed all that a topic holds, and expects every record that was ever in it in the sink.
 * Answers the ends of the partitions. They are asked for, not counted: a producer may leave a record twice.
 */
export async function reconciled(admin: Admin, groupId: string, topic: string, sink: Sink): Promise<number[]> {
  const ends = await caughtUp(admin, groupId, topic)
  expect(ends.map((_, partition) => sink.prefix(partition))).toEqual(ends)
  return ends
}

/** Waits until a group has committed all that a topic holds; the ends of the partitions. */
export function caughtUp(admin: Admin, groupId: string, topic: string): Promise<number[]> {
  return vi.waitFor(
    async () => {
      const ends = await endsOf(admin, topic)
      const committed = await committedOffsets(admin, groupId, topic)
      expect(ends.map((_, partition) => committed.get(partition))).toEqual(ends)
      return ends
    },
    { timeout: 60_000, interval: 100 },
  )
}

/** What was seen of a group's offsets. */
export type OffsetWatch = {
  /** A sentence for each time that an offset was ahead of the sink, or lower than before. */
  readonly violations: readonly string[]
  /** How often an offset was seen higher than before. */
  advances(): number
  /** For how long, in ms, no offset at all was seen higher; the longest such time so far. */
  longestStandstillMs(): number
  /** Takes a last look. */
  end(): Promise<void>
}

const intervalMs = 50

/** Looks at the offsets again and again; each look is compared with what the sink holds after it. */
export function watchOffsets(committed: () => Promise<ReadonlyMap<number, number>>, sink: Sink): OffsetWatch {
  const seen = new Map<number, number>()
  const violations: string[] = []
  let advances = 0
  let advancedAt = performance.now()
  let longestStandstillMs = 0
  let isOver = false
  const look = async () => {
    for (const [partition, offset] of await committed()) {
      const before = seen.get(partition) ?? -1
      if (offset < before) violations.push(`partition ${partition} went from ${before} back to ${offset}`)
      const settled = sink.prefix(partition)
      if (offset > settled) violations.push(`partition ${partition} is at ${offset}, settled up to ${settled}`)
      if (offset > before) {
        advances += 1
        longestStandstillMs = Math.max(longestStandstillMs, performance.now() - advancedAt)
        advancedAt = performance.now()
      }
      seen.set(partition, offset)
    }
  }
  const watching = (async () => {
    for (let isLast = false; !isLast; await delay(intervalMs)) {
      isLast = isOver
      await look()
    }
  })()
  watching.catch(() => {})
  return {
    violations,
    advances: () => advances,
    longestStandstillMs: () => Math.max(longestStandstillMs, performance.now() - advancedAt),
    async end() {
      isOver = true
      await watching
    },
  }
}
