/**
 * Waiting for a service that may still be starting.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../core/errors.ts'

/** How long a service is waited for, and how long between two attempts, in ms. */
export type Patience = { readonly deadlineMs: number; readonly intervalMs: number }

export const defaultPatience: Patience = { deadlineMs: 90_000, intervalMs: 200 }

/**
 * The result of the first attempt that succeeds. `service` is how the failure's sentence begins, address included.
 * Fails with SERVICE_FAILED after the deadline, an attempt under way included; the last reason is its cause.
 */
export async function waitFor<T>(
  service: string,
  attempt: () => Promise<T>,
  { deadlineMs, intervalMs }: Patience,
): Promise<T> {
  const end = performance.now() + deadlineMs
  let cause: unknown = new Error('no answer')
  while (performance.now() < end) {
    try {
      return await beforeEnd(attempt(), end - performance.now())
    } catch (error) {
      cause = error
      await sleep(Math.min(intervalMs, Math.max(0, end - performance.now())))
    }
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new SluiceError('SERVICE_FAILED', `${service} was not ready within ${deadlineMs / 1000} s: ${reason}`, {
    cause,
  })
}

async function beforeEnd<T>(attempt: Promise<T>, ms: number): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error('no answer')
  })
  late.catch(() => {})
  try {
    return await Promise.race([attempt, late])
  } finally {
    timer.abort()
  }
}
