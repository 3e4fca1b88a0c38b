/**
 * Event patterns: compiles one to a test of JSON values. Not for records or what of them is tested: see record-filter.ts.
 * Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
 *
 *   object  = { name: object | leaf, ... } ; all must hold; "$or": [ object, object, ... ] one of them
 *   leaf    = [ matcher, ... ]             ; one must hold
 *   matcher = string | number | true | false | null | { operator: operand }
 */

import { isObject } from '../property-checks.ts'
import { compileMatcher, type LeafTest } from './matchers.ts'

/** Whether a JSON value fits a pattern; undefined stands for a value that is not there. */
export type ValueTest = (value: unknown) => boolean

/** Says what is wrong with a pattern, in words that follow "the pattern". */
export class PatternError extends Error {}

/** Compiles a pattern object, or the leaf of a plain text. Throws PatternError. */
export function compilePattern(pattern: unknown, path: string): ValueTest {
  if (Array.isArray(pattern)) return compileLeaf(pattern, path)
  if (isObject(pattern)) return compileObject(pattern, path)
  throw new PatternError(`has ${JSON.stringify(pattern)} at ${path}, where an object or a list must stand`)
}

function compileObject(pattern: Record<string, unknown>, path: string): ValueTest {
  const tests = Object.entries(pattern).map(([name, below]): ValueTest => {
    if (name === '$or' && Array.isArray(below) && below.length > 1 && below.every(isObject)) {
      const branches = below.map((branch, index) => compileObject(branch, `${path}.$or[${index}]`))
      return (value) => branches.some((test) => test(value))
    }
    const test = compilePattern(below, `${path}.${name}`)
    return (value) => test(isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined)
  })
  if (tests.length === 0) throw new PatternError(`has an empty object at ${path}`)
  const holds: ValueTest = (value) => tests.every((test) => test(value))
  // An object in a list fits as a whole or not at all: its fields are never mixed with those of its neighbours.
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(holds) : holds(value))
}

function compileLeaf(pattern: readonly unknown[], path: string): ValueTest {
  if (pattern.length === 0) throw new PatternError(`has an empty list at ${path}`)
  const tests = pattern.map((matcher): LeafTest => {
    const compiled = compileMatcher(matcher)
    if (typeof compiled === 'string') throw new PatternError(`${compiled} at ${path}`)
    return compiled
  })
  return (value) => {
    const leaves = leavesOf(value)
    return tests.some(({ whenAbsent, test }) => (leaves.length === 0 ? whenAbsent : leaves.some(test)))
  }
}

/** A list stands for each of its values; an object, or an empty list, is no leaf. */
function leavesOf(value: unknown): readonly unknown[] {
  if (value === undefined || isObject(value)) return []
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY).filter((each) => !isObject(each)) : [value]
}
