/**
 * Waits for a condition by asking again and again.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** How often to ask, and for how long, in milliseconds. */
export type Patience = { readonly pollMs: number; readonly deadlineMs: number }

/** Resolves with the first answer of `attempt` that is no failure; after the deadline fails with the last one. */
export async function until<T>(
  attempt: () => Promise<T>,
  { pollMs, deadlineMs }: Patience,
  cancelled: () => boolean = () => false,
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (cancelled() || performance.now() + pollMs > deadline) throw error
    }
    await delay(pollMs)
  }
}
