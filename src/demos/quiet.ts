/**
 * Waiting until pipelines stand still: nothing runs, and nothing waits for a function.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../core/errors.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Clients } from '../operations/clients.ts'
import { pipelineStatus } from '../operations/status.ts'
import { ledgerOf } from '../runtime/ledger.ts'

const lookMs = 500
/** More runs than schedules start before they are paused. */
const latest = 10

/** Resolves when every run has ended and every record is processed; rejects with the signal's reason. */
export async function quiet(pipelines: readonly Pipeline[], clients: Clients, signal: AbortSignal): Promise<void> {
  for (const pipeline of pipelines) {
    while (!(await isQuiet(pipeline, clients).catch(passing))) {
      signal.throwIfAborted()
      await delay(lookMs)
    }
  }
}

async function isQuiet(pipeline: Pipeline, clients: Clients): Promise<boolean> {
  const runs = await ledgerOf(clients.cassandra, pipeline.name).latestRuns(latest)
  if (runs.some(({ finishedAt }) => finishedAt === null)) return false
  const { stages } = await pipelineStatus(pipeline, clients)
  return stages.every(({ lag }) => lag === 0)
}

/** A service that is short of time is asked again. */
function passing(error: unknown): false {
  if (error instanceof SluiceError && error.retryable) return false
  throw error
}
