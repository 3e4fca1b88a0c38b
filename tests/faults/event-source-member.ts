/**
 * A poller of one mapping as a process: what it reports, its end, and the memory that it took at most.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AwsEndpoint } from '../../src/core/endpoints.ts'
import type { EventSourceMappingProperties } from '../../src/core/event-source-mapping.ts'
import type { FunctionPackage } from '../../src/event-source/in-process/function-package.ts'
import type { PollerEvent } from '../../src/event-source/report.ts'
import type { PollerSettings } from '../../src/event-source/settings.ts'

/** What such a process polls, and through what it invokes: an endpoint of the Invoke API, or functions in threads. */
export type MemberStart = {
  readonly id: string
  readonly properties: EventSourceMappingProperties
  readonly endpoint?: string
  readonly functions?: Readonly<Record<string, FunctionPackage>>
  /** Where on-failure destinations are; only needed where the mapping has one. */
  readonly aws?: AwsEndpoint
  readonly settings?: Partial<PollerSettings>
}

/** A running one. */
export type Member = {
  /** What it has reported so far. */
  readonly events: readonly PollerEvent[]
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Resolves when the process is gone, to its exit code; null when a signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
  /** Resident memory at most, in MiB; known after an orderly end. */
  peakMib(): number
}

/**
 * Most MiB that a process may take, measured at 190 with 10,000 records in flight: Node, kafkajs and the SDK take about
 * 100, queues and batches are bounded by 24 MiB of records and five events, and the rest is what the collector leaves.
 */
export const ceilingMib = 256

const program = join(import.meta.dirname, '../system/event-source-process.ts')

/** Starts one. */
export function startMember(start: MemberStart): Member {
  const argv = ['--disable-warning=TimeoutNegativeWarning', program, JSON.stringify(start)]
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Offsets of a commit are a Map.
    serialization: 'advanced',
  })
  const events: PollerEvent[] = []
  let peakBytes = Number.NaN
  child.on('message', (message: PollerEvent | { readonly type: 'memory'; readonly peakBytes: number }) => {
    if (message.type === 'memory') peakBytes = message.peakBytes
    else events.push(message)
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return {
    events,
    signal: (signal) => child.kill(signal),
    end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return ended
    },
    peakMib: () => peakBytes / 2 ** 20,
  }
}
