/**
 * How far a replay has got. Not for printing it.
 */
import type { MappingStatus } from '../../event-source/mapping-status.ts'
import { lengthOf, type MappingRange } from '../../event-source/range.ts'

/** Records count as offsets, some of which may hold none. */
export type ReplayProgress = {
  readonly total: number
  readonly done: number
  /** Records a second since the beginning. */
  readonly perSecond: number
  /** At that rate; null while nothing is done. */
  readonly remainingMs: number | null
  /** What keeps it from getting on; null when nothing does. */
  readonly problem: string | null
}

/** Takes a status now and then; what a partition had left counts on while it is between two members. */
export function replayProgress(range: MappingRange, now: () => number = Date.now) {
  const began = now()
  const total = lengthOf(range)
  const left = new Map(range.map(({ partition, start, end }) => [partition, end - start]))
  return (status: MappingStatus | undefined): ReplayProgress => {
    for (const { partition, lag } of status?.partitions ?? []) {
      if (left.has(partition)) left.set(partition, lag ?? 0)
    }
    const remaining = [...left.values()].reduce((sum, each) => sum + each, 0)
    const done = total - remaining
    const perMs = done / Math.max(1, now() - began)
    const result = status?.lastProcessingResult ?? ''
    return {
      total,
      done,
      perSecond: Math.round(perMs * 1_000),
      remainingMs: done === 0 ? null : Math.round(remaining / perMs),
      problem: result.startsWith('PROBLEM') ? result : null,
    }
  }
}
