/**
 * Keeps a job running: starts its query, watches it, and starts it again from its checkpoint when it fails.
 * Not for Spark itself: the stack starts that again.
 */
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { connectSpark, type StreamingQuery } from '../../connect/spark.ts'
import { SluiceError } from '../../core/errors.ts'
import type { JobDefinition } from '../../core/job.ts'
import { type PlanPlace, unknownSchemaId } from '../../core/job-plan.ts'
import { type BatchProgress, countBatches, type JobCounts } from '../../core/job-progress.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { SchemaId } from '../../core/wire-format.ts'
import { fullJitter, pause } from '../../event-source/backoff.ts'
import { prepareJob } from './prepare-job.ts'

/** `waiting`: for the next attempt, after a failure. */
export type JobState = 'starting' | 'running' | 'waiting' | 'stopped'

/** What is known of a job. */
export type JobStatus = {
  readonly job: string
  readonly pipeline: string
  readonly state: JobState
  /** How often it was started again, by whomever, since supervision began. */
  readonly restarts: number
  /** Why it ended last; null if it never did unasked. */
  readonly failure: { readonly code: string; readonly message: string; readonly at: number } | null
  readonly counts: JobCounts
  /** The latest batch that was run; null before the first. */
  readonly latest: BatchProgress | null
}

/** How to supervise a job. */
export type JobOptions = {
  readonly job: JobDefinition
  readonly pipeline: Pipeline
  /** Of the Spark Connect server. */
  readonly url: string
  readonly registry: SchemaRegistry
  readonly place: Omit<PlanPlace, 'resultSchemaId'>
  /** URL of the folder of the checkpoint. */
  readonly checkpoint: string
  /** What earlier supervision counted. */
  readonly counts: JobCounts
  readonly report: (line: string) => void
}

/** A supervised job. */
export type SupervisedJob = {
  status(): JobStatus
  /** Ends the query and starts it again from its checkpoint with the schemas that there are now. */
  restart(): void
  /** Ends supervision and the query; resolves when both have ended. The checkpoint stays. */
  stop(): Promise<void>
}

const pollMs = 1_000
const backoff = { baseMs: 1_000, maxMs: 30_000 }

/**
 * Supervises a job until it is stopped. Delivery guarantees: offsets, state and watermark are in the checkpoint, so that
 * a restart does a batch that was cut off again with the same result. A record of a schema that the query does not know
 * ends its batch; the query goes on from the checkpoint with that schema.
 */
export function superviseJob(options: JobOptions): SupervisedJob {
  const { job, pipeline, url, registry, place, checkpoint, report } = options
  const ending = new AbortController()
  const named = new Map<SchemaId, string | null>()
  let again = new AbortController()
  let status: JobStatus = {
    job: job.name,
    pipeline: pipeline.name,
    state: 'starting',
    restarts: 0,
    failure: null,
    counts: options.counts,
    latest: null,
  }
  let attempt = 0
  const change = (changes: Partial<JobStatus>) => {
    status = { ...status, ...changes }
  }

  const note = (progress: readonly BatchProgress[]) => {
    const counts = countBatches(status.counts, progress)
    if (counts.batchId === status.counts.batchId) return
    attempt = 0
    change({ counts, latest: progress.findLast(({ batchId }) => batchId === counts.batchId) ?? null })
  }

  /** Resolves when it is asked to end; fails when the query ended itself. */
  const watch = async (query: StreamingQuery, asked: AbortSignal): Promise<void> => {
    while (!asked.aborted) {
      const failure = await query.failure()
      // Read after it is known to have ended, so that no batch before the failure goes unseen.
      note(await query.progressAfter(status.counts.batchId))
      if (failure !== null) throw jobFailure(job.name, failure)
      await pause(pollMs, asked)
    }
    await query.stop()
    // A batch may have ended between the last look and the stop.
    note(await query.progressAfter(status.counts.batchId))
  }

  const runOnce = async (asked: AbortSignal): Promise<void> => {
    const session = connectSpark(url)
    try {
      const plan = await prepareJob(job, pipeline, registry, place, named)
      const query = await session.start(plan, checkpoint)
      if (!asked.aborted) change({ state: 'running' })
      report(`job ${job.name} runs`)
      await watch(query, asked)
    } finally {
      await session.close()
    }
  }

  /** Whether the failure was over a schema that has been looked up now. */
  const learnSchema = async (error: SluiceError): Promise<boolean> => {
    const id = unknownSchemaId(error.message)
    if (id === null || named.has(id)) return false
    named.set(id, await schemaText(id, registry))
    report(`job ${job.name} met schema ${id} and goes on with it`)
    return true
  }

  const supervise = async () => {
    while (!ending.signal.aborted) {
      again = new AbortController()
      const asked = AbortSignal.any([ending.signal, again.signal])
      change({ state: 'starting' })
      try {
        await runOnce(asked)
      } catch (caught) {
        const error = asJobError(job.name, caught)
        const isLearned = await learnSchema(error).catch(() => false)
        if (!isLearned) {
          change({ state: 'waiting', failure: { code: error.code, message: error.message, at: Date.now() } })
          report(`job ${job.name}: ${error.message}: it goes on from its checkpoint`)
          await pause(fullJitter(attempt++, backoff), asked)
        }
      }
      change({ restarts: status.restarts + 1 })
    }
    change({ state: 'stopped' })
  }

  const ended = supervise()
  return {
    status: () => status,
    restart() {
      change({ state: 'starting' })
      again.abort()
    },
    async stop() {
      ending.abort()
      await ended
    },
  }
}

/** The schema with that id; null where the registry does not know it. Fails with REGISTRY_UNAVAILABLE. */
async function schemaText(id: SchemaId, registry: SchemaRegistry): Promise<string | null> {
  try {
    return await registry.schemaById(id)
  } catch (error) {
    if (error instanceof SluiceError && !error.retryable) return null
    throw error
  }
}

/** Longest part of a failure of Spark that is told: the rest is its plan. */
const longestFailure = 500

const otherGroups =
  'its checkpoint is of other groups or counts than its SQL has now: give the job another name, or begin with npm start -- --fresh'

/** The failure of a query in our words, where it is known what to do; else the beginning of Spark's own. */
export function jobFailure(job: string, failure: string): SluiceError {
  const isChanged = /\[STATE_STORE_(KEY|VALUE)_SCHEMA_NOT_COMPATIBLE\]/.test(failure)
  if (isChanged) return new SluiceError('JOB_FAILED', `the query of job "${job}" ended: ${otherGroups}`)
  const reason = failure === '' ? 'it was stopped by Spark' : failure.slice(0, longestFailure)
  return new SluiceError('JOB_FAILED', `the query of job "${job}" ended: ${reason}`)
}

function asJobError(job: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  return new SluiceError('JOB_FAILED', `job "${job}" failed: ${(error as Error).message}`, { cause: error })
}
