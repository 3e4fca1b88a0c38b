/**
 * Stopping an environment that another process runs.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../core/errors.ts'
import { readState } from '../local/state.ts'

const deadlineMs = 60_000

/** Asks the owner of the environment to stop and waits until it has; its pid, or null when none runs. Fails with SERVICE_FAILED. */
export async function stopEnvironment(folder: string): Promise<number | null> {
  const running = readState(folder)
  if (!running) return null
  process.kill(running.pid, 'SIGTERM')
  const deadline = Date.now() + deadlineMs
  while (readState(folder)) {
    if (Date.now() > deadline) {
      throw new SluiceError('SERVICE_FAILED', `process ${running.pid} did not stop within ${deadlineMs / 1000} s`)
    }
    await delay(50)
  }
  return running.pid
}
