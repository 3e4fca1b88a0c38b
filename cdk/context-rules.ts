/**
 * Context values by rule: what a key falls back to, and what its value must be.
 */
import { SluiceError } from '../src/core/errors.ts'
import type { Context } from './target.ts'

/** What one context key may hold; `fallback` null where there is nothing to fall back to. */
export type ContextRule = {
  readonly fallback: string | null
  /** Completes "it must be …". */
  readonly allowed: string
  readonly holds: (value: string) => boolean
}

/** The value of a key as text; null where it is not given and has no fallback. Fails with CONTEXT_INVALID. */
export function readContext(context: Context, key: string, { fallback, allowed, holds }: ContextRule): string | null {
  const given = context(key) ?? fallback
  if (given === null) return null
  const value = typeof given === 'number' ? String(given) : given
  if (typeof value === 'string' && holds(value)) return value
  throw new SluiceError('CONTEXT_INVALID', `context "${key}" is ${JSON.stringify(given)}, but it must be ${allowed}`)
}

/** Whether a value is an http or https URL. */
export function isUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
