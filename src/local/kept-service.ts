/**
 * Keeps a service running that the others go on without.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningService } from './running-service.ts'
import { serviceTitles } from './service.ts'

/** Between two attempts, in ms: a service that cannot start is not to take the machine from the others. */
const defaultPauseMs = 10_000

/**
 * Starts a service, and again until it is ready or the signal aborts; resolves then, and never fails. `begin` is what
 * has to hold before an attempt.
 */
export async function startUntilReady(
  service: RunningService,
  begin: () => Promise<void>,
  report: (line: string) => void,
  signal: AbortSignal,
  pauseMs = defaultPauseMs,
): Promise<void> {
  const title = serviceTitles[service.name]
  while (!signal.aborted) {
    const startedAt = performance.now()
    try {
      await begin()
      await service.start()
      report(`${title} ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
      return
    } catch (error) {
      await service.stop()
      if (signal.aborted) return
      report(`${(error as Error).message.split('\n')[0]}: it is started again, the others go on`)
      await delay(pauseMs, null, { signal }).catch(() => {})
    }
  }
}
