/**
 * Filters records by their values, as JSON or as plain text. Not for the pattern language: see json-pattern.ts.
 * Source: AWS Lambda Developer Guide, "Filtering events from Amazon MSK and self-managed Apache Kafka event sources".
 */
import { isObject } from '../property-checks.ts'
import { compilePattern, PatternError, type ValueTest } from './json-pattern.ts'

/** Whether the record with that value goes to the function. */
export type RecordFilter = (value: Buffer | null) => boolean

/** Tests either form of a value; a pattern is for one of them. */
type FormTest = { readonly json: ValueTest; readonly text: (value: string | null) => boolean }

/**
 * A filter that lets through what fits one of the patterns, each the text of a JSON object with `value` or nothing.
 * A value that is a JSON object or list is compared with patterns for JSON only, any other with patterns for plain text
 * only; what is not of a pattern's form does not fit. A record without a value is compared as null with both.
 * Throws PatternError.
 */
export function compileFilter(patterns: readonly string[]): RecordFilter {
  const tests = patterns.map(compileRecordPattern)
  return (value) => {
    if (value === null) return tests.some(({ json, text }) => json(null) || text(null))
    const plain = value.toString()
    const parsed = parseJson(plain)
    if (parsed === undefined) return tests.some(({ text }) => text(plain))
    return tests.some(({ json }) => json(parsed))
  }
}

const anything = () => true
const nothing = () => false

function compileRecordPattern(source: string): FormTest {
  let pattern: unknown
  try {
    pattern = JSON.parse(source)
  } catch {
    throw new PatternError('is not JSON')
  }
  if (!isObject(pattern)) throw new PatternError('is not an object')
  const foreign = Object.keys(pattern).find((key) => key !== 'value')
  if (foreign !== undefined) throw new PatternError(`filters on "${foreign}", and Kafka records are filtered on value`)
  if (!('value' in pattern)) return { json: anything, text: anything }
  const test = compilePattern(pattern.value, 'value')
  return Array.isArray(pattern.value) ? { json: nothing, text: test } : { json: test, text: nothing }
}

/** A JSON object or list; undefined for anything else. */
function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
