/**
 * Waiting times between attempts: exponential with full jitter, bounded.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** Ceiling of the first wait and of any wait, in ms. */
export type BackoffLimits = { readonly baseMs: number; readonly maxMs: number }

/** A wait in [0, min(maxMs, baseMs × 2^attempt)) ms; `attempt` counts from 0; `random` yields [0, 1). */
export function fullJitter(attempt: number, { baseMs, maxMs }: BackoffLimits, random = Math.random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30))
}

/** Waits for what never rejects, `ms` at most, and leaves no timer that would keep the process. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController()
  await Promise.race([work, pause(ms, done.signal)])
  done.abort()
}

/** Resolves after `ms`, or at once when `signal` is or gets aborted. Never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {})
}
