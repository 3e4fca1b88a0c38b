/**
 * Checks of the values of a property object. Each answers the value or fails, naming property, value and what is allowed.
 * Not for knowing the properties: see mapping.ts.
 */
import { SluiceError } from '../core/errors.ts'

/** The checks of one mapping. All of them fail with MAPPING_INVALID. */
export type PropertyChecks = {
  refuse(property: string, value: unknown, allowed: string): never
  /** An object with no other keys than these. */
  object(property: string, value: unknown, keys: readonly string[]): Record<string, unknown>
  text(property: string, value: unknown, pattern: RegExp, allowed: string): string
  integer(property: string, value: unknown, min: number, max: number): number
  /** True or false; `fallback` when there is no value. */
  flag(property: string, value: unknown, fallback: boolean): boolean
  /** A list that is not empty. */
  list(property: string, value: unknown, allowed: string): readonly unknown[]
}

/** The checks of the mapping with that id. */
export function propertyChecks(id: string): PropertyChecks {
  const refuse = (property: string, value: unknown, allowed: string): never => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value)
    throw new SluiceError('MAPPING_INVALID', `mapping "${id}": ${property} is ${text}, allowed is ${allowed}`)
  }
  return {
    refuse,
    object(property, value, keys) {
      if (!isObject(value)) return refuse(property, value, `an object with ${keys.join(' and ')}`)
      for (const key of Object.keys(value)) {
        if (!keys.includes(key)) refuse(`${property}.${key}`, value[key], 'to leave it out: it is not supported')
      }
      return value
    },
    text: (property, value, pattern, allowed) =>
      typeof value === 'string' && pattern.test(value) ? value : refuse(property, value, allowed),
    integer: (property, value, min, max) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? value
        : refuse(property, value, `an integer from ${min} to ${max}`),
    flag(property, value, fallback) {
      if (value === undefined) return fallback
      return typeof value === 'boolean' ? value : refuse(property, value, 'true or false')
    },
    list: (property, value, allowed) =>
      Array.isArray(value) && value.length > 0 ? value : refuse(property, value, allowed),
  }
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
