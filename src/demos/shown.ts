/**
 * Values as a demo shows them.
 */

/** A number with its thousands apart; whatever else as it is. */
export function figure(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value)
}
