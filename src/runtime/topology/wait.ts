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
 * Fails with SERVICE_FAILED after the deadline, an attempt under way included; the last reason that an attempt gave is its cause.
 */
export async function waitFor<T>(
  service: string,
  attempt: () => Promise<T>,
  { deadlineMs, intervalMs }: Patience,
): Promise<T> {
  const end = performance.now() + deadlineMs
  const noAnswer = new Error('no answer')
  let cause: unknown = noAnswer
  while (performance.now() < end) {
    try {
      return await beforeEnd(attempt(), end - performance.now(), noAnswer)
    } catch (error) {
      if (error !== noAnswer) cause = error
      await sleep(Math.min(intervalMs, Math.max(0, end - performance.now())))
    }
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new SluiceError('SERVICE_FAILED', `${service} was not ready within ${deadlineMs / 1000} s: ${reason}`, {
    cause,
  })
}

async function beforeEnd<T>(attempt: Promise<T>, ms: number, noAnswer: Error): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw noAnswer
  })
  late.catch(() => {})
  try {
    return await Promise.race([attempt, late])
  } finally {
    timer.abort()
  }
}
