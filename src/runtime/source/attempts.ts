/**
 * When a page is asked for again, and how fast: attempts, waits and the pace of one source.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../core/errors.ts'
import type { SourceLimits } from './limits.ts'

/** What reading a source knows of time: ms that never go back, waiting, and chance from 0 to 1. */
export type Clock = {
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  readonly random: () => number
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms) => sleep(ms),
  random: Math.random,
}

/** What an attempt came to: its result, or a failure and how long the source asks to wait. */
export type Attempt<T> =
  | { readonly result: T }
  | { readonly failure: SluiceError; readonly retryAfterMs: number | null }

/**
 * Tries until there is a result. A retryable failure is tried again after what the source asks for, or after a random
 * time up to a bound that doubles (full jitter); the others, the last attempt's, and one whose wait would pass `endsAt` fail.
 */
export async function attempts<T>(
  attempt: (timeMs: number) => Promise<Attempt<T>>,
  endsAt: number,
  limits: SourceLimits,
  clock: Clock,
): Promise<T> {
  for (let count = 1; ; count++) {
    const left = endsAt - clock.now()
    if (left <= 0) throw new SluiceError('SOURCE_UNAVAILABLE', 'the run has no time left to read its source')
    const made = await attempt(Math.min(left, limits.requestMs))
    if ('result' in made) return made.result
    const { failure, retryAfterMs } = made
    if (!failure.retryable || count === limits.attempts) throw failure
    const most = Math.min(limits.backoffMostMs, limits.backoffMs * 2 ** (count - 1))
    const waitMs = retryAfterMs ?? clock.random() * most
    if (clock.now() + waitMs >= endsAt) throw failure
    await clock.wait(waitMs)
  }
}

/** Resolves in turn, so that no more than so many turns come in a second; at once where that is undefined. */
export function pace(perSecond: number | undefined, clock: Clock): () => Promise<void> {
  let next = Number.NEGATIVE_INFINITY
  return async () => {
    if (perSecond === undefined) return
    const now = clock.now()
    const turn = Math.max(now, next)
    next = turn + 1_000 / perSecond
    if (turn > now) await clock.wait(turn - now)
  }
}

/**
 * How long the header `Retry-After` asks to wait, in ms (RFC 9110: seconds, or a date, which counts from the answer's own `Date`,
 * so that a wrong clock here does not matter); null without one that can be read.
 */
export function retryAfterMs(header: string | undefined, date: string | undefined): number | null {
  if (!header?.trim()) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  const from = Date.parse(date ?? '')
  const until = Date.parse(header)
  if (Number.isNaN(until)) return null
  return Math.max(0, until - (Number.isNaN(from) ? Date.now() : from))
}
