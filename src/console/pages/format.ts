/**
 * Figures as text.
 */

/** A count with separators of thousands. */
export function count(value: number): string {
  return value.toLocaleString('en')
}

/** A quantity to six digits. */
export function quantity(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 })
}

/** Records a second: short, and 0 where nothing flows. */
export function rate(value: number | null): string {
  if (value === null) return '–'
  if (value === 0) return '0'
  return value < 10 ? value.toFixed(1) : count(Math.round(value))
}

/** A duration in ms: the largest unit that says it. */
export function duration(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`
}

/** Bytes in the unit that people read. */
export function bytes(value: number): string {
  if (value < 1_024) return `${value} B`
  return value < 1_048_576 ? `${(value / 1_024).toFixed(1)} KiB` : `${(value / 1_048_576).toFixed(1)} MiB`
}

/** How many of something, in words. */
export function many(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`
}
