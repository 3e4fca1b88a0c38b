/**
 * Asking again while a service is short of time or away.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isPassing } from '../core/errors.ts'

const pauseMs = 500

/**
 * The answer; a passing failure is asked again until the deadline (ms since the epoch), then thrown. Rejects with the
 * signal's reason once it is aborted.
 */
export async function patiently<T>(ask: () => Promise<T>, deadline: number, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error
      signal?.throwIfAborted()
    }
    await delay(pauseMs)
  }
}

/** What stands for an answer that a passing failure kept back: for `catch`, where it is asked for again anyway. */
export function unanswered(error: unknown): null {
  if (isPassing(error)) return null
  throw error
}
