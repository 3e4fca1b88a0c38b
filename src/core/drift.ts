/**
 * How a value of a source differs from the form that its pipeline declares. Pure, and about fields only: no value leaves it.
 * Not for what is done about it: see src/runtime/source/fit.ts.
 */

/** A field that no declared one holds, one that is not there, one of another type. */
export type DriftKind = 'unknown' | 'missing' | 'changed'

/** What is done: the new form is taken as it is, the declared form is kept to, or the value is given up as a dead letter. */
export type DriftPolicy = 'evolve' | 'discard' | 'freeze'

/**
 * What a pipeline does about each kind of drift. A missing field, or one of another type, can be done without only where
 * `source.value` takes a value without it, or with null in its place; else the value is a dead letter under each policy.
 */
export type DriftPolicies = {
  /** `evolve` gives the field to `source.record` as kept, `discard` leaves it out. `discard` unless given. */
  readonly unknown?: DriftPolicy
  /** `evolve` and `discard` take the default or null in its place; a field without a default is missed by nobody. `discard` unless given. */
  readonly missing?: DriftPolicy
  /** `evolve` gives the field to `source.record` as kept, `discard` leaves it out, and both go on as if it were missing. `freeze` unless given. */
  readonly changed?: DriftPolicy
}

/** Fields of a value that its declared form does not hold: JSON texts by path. */
export type KeptFields = Readonly<Record<string, string>>

/** From the value itself to the field: names, and numbers of items. */
export type FieldPath = readonly (string | number)[]

/** One field that differs, and the JSON type it has; null for one that is not there. */
export type Drift = { readonly kind: DriftKind; readonly path: FieldPath; readonly found: JsonType | null }

/** A type that JSON tells apart; whole numbers are `integer`. */
export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'

/** The type of a value out of JSON. */
export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value as 'boolean' | 'string' | 'object'
}

/**
 * What a schema left out of a value or filled in by a default, seen by what it made of the value. Objects and arrays are
 * looked into as long as both are ones: what a schema makes of a single field is its own affair.
 */
export function leftOutAndFilled(fetched: unknown, made: unknown, path: FieldPath = []): Drift[] {
  if (fetched === made) return []
  if (Array.isArray(fetched) && Array.isArray(made)) {
    return fetched.flatMap((item, index) => leftOutAndFilled(item, made[index], [...path, index]))
  }
  if (!isObject(fetched) || !isObject(made)) return []
  const read = Object.keys(fetched).flatMap((name): Drift[] => {
    const field = [...path, name]
    if (Object.hasOwn(made, name)) return leftOutAndFilled(fetched[name], made[name], field)
    return [{ kind: 'unknown', path: field, found: jsonType(fetched[name]) }]
  })
  const filled = Object.keys(made).filter((name) => made[name] !== undefined && !Object.hasOwn(fetched, name))
  return [...read, ...filled.map((name): Drift => ({ kind: 'missing', path: [...path, name], found: null }))]
}

/** The field at a path; undefined where there is none. */
export function fieldAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, name) => {
    return Object.hasOwn(Object(at), name) ? (at as Record<string | number, unknown>)[name] : undefined
  }, value)
}

/** The path as text: `a.b[3]["c d"]`; empty for the value itself. */
export function pathText(path: FieldPath): string {
  return path
    .map((name) => {
      if (typeof name === 'number') return `[${name}]`
      return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
    })
    .join('')
    .replace(/^\./, '')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return Object.getPrototypeOf(Object(value)) === Object.prototype
}
