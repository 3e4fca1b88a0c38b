/**
 * Comparing rows that are expected with those that are there, by key, and saying where they differ. Pure.
 */
import type { AnyRow } from '../core/table.ts'
import type { Check } from './demo.ts'

/** Two lots of rows. `key` are the columns that tell rows apart. */
export type Comparison = {
  readonly what: string
  readonly comparedWith: string
  readonly key: readonly string[]
  readonly expected: readonly AnyRow[]
  readonly found: readonly AnyRow[]
  /** For columns that are estimates: by how much of the exact value one may be off. All others must be equal. */
  readonly estimates?: Readonly<Record<string, number>>
}

const mostDifferences = 5

/** Sums of floating point numbers depend on the order of adding: so far they may differ, relatively. */
const floatTolerance = 1e-9

/** Compares the rows in all columns that are expected. */
export function compareRows({ what, comparedWith, key, expected, found, estimates = {} }: Comparison): Check {
  const byKey = new Map(found.map((row) => [keyOf(row, key), row]))
  const wanted = new Set(expected.map((row) => keyOf(row, key)))
  const differences = [
    ...expected.flatMap((row) => rowDifferences(keyOf(row, key), row, byKey.get(keyOf(row, key)), estimates)),
    ...[...byKey.keys()].filter((each) => !wanted.has(each)).map((each) => `${each}: a row that is not expected`),
    ...(wanted.size < expected.length ? [`${expected.length - wanted.size} expected rows share a key`] : []),
  ]
  return {
    ...{ what, comparedWith, expected: expected.length, found: found.length, isEqual: differences.length === 0 },
    differences: differences.slice(0, mostDifferences),
  }
}

/** A check of one number. */
export function compareCount(what: string, comparedWith: string, expected: number, found: number): Check {
  const isEqual = expected === found
  return {
    ...{ what, comparedWith, expected, found, isEqual },
    differences: isEqual ? [] : [`expected ${expected}, found ${found}`],
  }
}

function keyOf(row: AnyRow, key: readonly string[]): string {
  return key.map((column) => String(row[column])).join(' · ')
}

function rowDifferences(key: string, wanted: AnyRow, row: AnyRow | undefined, estimates: Record<string, number>) {
  if (!row) return [`${key}: no row`]
  return Object.entries(wanted)
    .filter(([column, value]) => !isSame(value, row[column], estimates[column]))
    .map(([column, value]) => `${key}: ${column} is ${row[column]}, expected ${value}`)
}

function isSame(wanted: unknown, found: unknown, estimate: number | undefined): boolean {
  if (Object.is(wanted, found)) return true
  if (typeof wanted !== 'number' || typeof found !== 'number') return false
  const off = Math.abs(wanted - found)
  if (estimate !== undefined) return off <= Math.max(1, wanted * estimate)
  if (Number.isInteger(wanted) && Number.isInteger(found)) return false
  return off <= floatTolerance * Math.max(Math.abs(wanted), Math.abs(found))
}
