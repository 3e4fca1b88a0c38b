/**
 * How many pollers a mapping should have. Pure.
 * Source: AWS Lambda Developer Guide, "Apache Kafka event poller scaling modes": pollers follow the lag between minimum
 * and maximum, and never exceed the partitions.
 */

/** What a mapping allows, and what this machine does. */
export type PollerBounds = { readonly min: number; readonly max: number; readonly localMax: number }

/** What is seen at one look. */
export type Load = {
  readonly pollers: number
  /** Assigned to the pollers in all; 0 while the group is not settled. */
  readonly partitions: number
  /** Records behind the settled prefixes. */
  readonly lag: number
  /** Records that the pollers can have in flight. */
  readonly capacity: number
  /** Looks in a row, this one included, at which there was no lag beyond what is in flight. */
  readonly calmLooks: number
}

/** Looks without lag before a poller is given up: joining again costs a rebalance. */
const patience = 6

/** Pollers to begin with, before the partitions are known. */
export function firstPollers({ min, max, localMax }: PollerBounds): number {
  return Math.max(1, Math.min(min, max, localMax))
}

/** One more while the lag exceeds what is in flight, one less after calm, always within the bounds and the partitions. */
export function wantedPollers(load: Load, bounds: PollerBounds): number {
  const { pollers, partitions, lag, capacity, calmLooks } = load
  if (partitions === 0) return pollers
  const most = Math.max(1, Math.min(bounds.max, bounds.localMax, partitions))
  const least = Math.min(firstPollers(bounds), most)
  const step = lag > capacity ? 1 : calmLooks > 0 && calmLooks % patience === 0 ? -1 : 0
  return Math.max(least, Math.min(most, pollers + step))
}
