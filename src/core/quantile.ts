/**
 * What share of measured values lies below which one.
 */

/** The one of ascending values that a share of all, 0 to 1, lies below; the largest at most, null for none. */
export function quantile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? null
}
