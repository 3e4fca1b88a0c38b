/**
 * Pollers as processes of their own: started, waited for by what they report, killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AwsEndpoint } from '../../src/core/endpoints.ts'
import type { PollerSettings } from '../../src/event-source/settings.ts'

/** A poller in a process. */
export type PollerProcess = {
  /** Resolves when the poller has reported that many more events, of one type and mapping where given. */
  events(count: number, prefix?: string): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<void>
}

/** Starts one on the mappings that are deployed at the endpoint. */
export function startPollerProcess(aws: AwsEndpoint, settings: Partial<PollerSettings> = {}): PollerProcess {
  const program = [join(import.meta.dirname, 'poller-process.ts'), JSON.stringify({ aws, settings })]
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  return {
    events: (count, prefix = '') =>
      new Promise((resolve, reject) => {
        let left = count
        lines.on('line', (line) => {
          if (line.startsWith(prefix)) left -= 1
          if (left <= 0) resolve()
        })
        child.once('exit', (code, signal) => reject(new Error(`the poller ended with ${code ?? signal}`)))
      }),
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
