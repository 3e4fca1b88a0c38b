/**
 * Waiting until pipelines stand still: nothing runs, and nothing waits for a function.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Pipeline } from '../core/pipeline.ts'
import type { Clients } from '../operations/clients.ts'
import { unanswered } from '../operations/patience.ts'
import { pipelineStatus } from '../operations/status.ts'
import { ledgerOf } from '../runtime/ledger.ts'

const lookMs = 500
/** More runs than schedules start before they are paused. */
const latest = 10

/** Resolves when every run has ended and every record is processed; rejects with the signal's reason. */
export async function quiet(pipelines: readonly Pipeline[], clients: Clients, signal: AbortSignal): Promise<void> {
  for (const pipeline of pipelines) {
    while (!(await isQuiet(pipeline, clients).catch(unanswered))) {
      signal.throwIfAborted()
      await delay(lookMs)
    }
  }
}

async function isQuiet(pipeline: Pipeline, clients: Clients): Promise<boolean> {
  const runs = await ledgerOf(clients.cassandra, pipeline.name).latestRuns(latest)
  if (runs.some(({ finishedAt }) => finishedAt === null)) return false
  return (await waitingRecords(pipeline, clients)) === 0
}

/** Records of a pipeline, results of its jobs included, that wait for a function. */
export async function waitingRecords(pipeline: Pipeline, clients: Clients): Promise<number> {
  const { stages } = await pipelineStatus(pipeline, clients)
  return stages.reduce((sum, { lag }) => sum + lag, 0)
}
