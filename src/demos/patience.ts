/**
 * Asking again while a service is short of time: a demo that has come so far is not ended by one answer.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../core/errors.ts'

const pauseMs = 500
const patienceMs = 120_000

/** The answer; a passing failure is asked again for two minutes. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof SluiceError && error.retryable) || Date.now() > deadline) throw error
    }
    await delay(pauseMs)
  }
}
