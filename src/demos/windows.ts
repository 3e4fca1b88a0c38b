/**
 * Windows of time as recomputations need them. Pure.
 */
import { minutes } from '../core/pipeline.ts'

/** The size of most windows. */
export const minuteMs = minutes(1)

/** The beginning of the window that holds a time; windows follow one another from the epoch on. All in ms. */
export function startOfWindow(at: number, sizeMs: number): number {
  return Math.floor(at / sizeMs) * sizeMs
}

/** Values by what is equal of them, in the order in which they were met. */
export function grouped<T>(values: readonly T[], by: (value: T) => unknown): T[][] {
  return [...Map.groupBy(values, (value) => JSON.stringify(by(value))).values()]
}
