/**
 * How far a value is from others by measures that a few wild ones cannot move.
 * Source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993: the modified z-score.
 */

/** The middle of the values, or of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Median and median absolute deviation. */
export type Spread = { readonly median: number; readonly mad: number }

/** The spread of values; NaN of none. */
export function spreadOf(values: readonly number[]): Spread {
  const middle = median(values)
  return { median: middle, mad: median(values.map((value) => Math.abs(value - middle))) }
}

/** Makes the MAD of normally distributed values their standard deviation. */
const madToDeviation = 0.6745

/** The robust z-score, without sign. `leastMad` stands in for a MAD below it, and must be above 0. */
export function robustScore(value: number, spread: Spread, leastMad: number): number {
  return (madToDeviation * Math.abs(value - spread.median)) / Math.max(spread.mad, leastMad)
}
