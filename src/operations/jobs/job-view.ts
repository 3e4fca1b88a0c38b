/**
 * Analytics jobs as people look at them: what each reads, how it is, what its latest batch did, what to do about its failure.
 */

import { declaredJobs } from '../../core/declared-jobs.ts'
import type { JobDefinition, JobSource, JobWindow } from '../../core/job.ts'
import type { BatchProgress, JobCounts } from '../../core/job-progress.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { type Remedy, remedyOf } from '../remedy.ts'
import { findJob } from './find-job.ts'
import { conditionOf, type JobCondition } from './job-condition.ts'
import type { StoredStatus } from './job-files.ts'
import { type JobPlace, jobOf } from './jobs.ts'

/** A batch of a job. Times in ms since the epoch. */
export type JobBatch = {
  readonly number: number
  readonly at: number
  readonly records: number
  /** How many came in; 0 for a first batch. */
  readonly recordsPerSecond: number
  readonly tookMs: number
  /** Groups that wait for their window to be over, and the memory that they take. */
  readonly state: { readonly groups: number; readonly bytes: number }
}

/** What was known last of a job that ran. */
export type JobStanding = {
  /** When that was, in ms since the epoch. */
  readonly at: number
  readonly restarts: number
  readonly counts: JobCounts
  /** Why it ended last, and what to do; null if it never did unasked. */
  readonly failure: (NonNullable<StoredStatus['failure']> & { readonly remedy: Remedy | null }) | null
  readonly batch: JobBatch | null
}

/** A job. Its results have a topic and a table of its own name. */
export type JobView = {
  readonly job: string
  readonly pipeline: string
  readonly condition: JobCondition
  readonly isWanted: boolean
  readonly sources: readonly JobSource[]
  /** In words. */
  readonly window: string
  readonly outputMode: JobDefinition['outputMode']
  /** Null for one that never ran here. */
  readonly standing: JobStanding | null
}

/** All declared jobs, in the order of the pipelines. */
export function jobViews(pipelines: readonly Pipeline[], place: JobPlace): Promise<JobView[]> {
  return Promise.all(declaredJobs(pipelines).map(({ job }) => jobView(pipelines, job.name, place)))
}

/** The job of that name. Fails with JOB_UNKNOWN. */
export async function jobView(pipelines: readonly Pipeline[], name: string, place: JobPlace): Promise<JobView> {
  const { sources, window, outputMode } = findJob(pipelines, name).job
  const found = jobOf(pipelines, name, place)
  const { job, pipeline, isWanted, status } = found
  return {
    ...{ job, pipeline, isWanted, condition: conditionOf(found) },
    ...{ sources: Object.values(sources), window: windowText(window), outputMode },
    standing: status && (await standingOf(status)),
  }
}

async function standingOf({ writtenAt, restarts, counts, failure, latest }: StoredStatus): Promise<JobStanding> {
  return {
    ...{ at: writtenAt, restarts, counts },
    failure: failure && { ...failure, remedy: await remedyOf(failure.code) },
    batch: latest && batchOf(latest),
  }
}

function batchOf({ batchId, timestamp, numInputRows, stateOperators, ...rest }: BatchProgress): JobBatch {
  const sum = (of: (state: BatchProgress['stateOperators'][number]) => number) =>
    stateOperators.reduce((all, state) => all + of(state), 0)
  return {
    ...{ number: batchId, at: Date.parse(timestamp), records: numInputRows, tookMs: rest.batchDuration },
    recordsPerSecond: rest.inputRowsPerSecond,
    state: { groups: sum(({ numRowsTotal }) => numRowsTotal), bytes: sum(({ memoryUsedBytes }) => memoryUsedBytes) },
  }
}

function windowText(window: JobWindow): string {
  if ('gap' in window) return `sessions that end after ${window.gap} without a record`
  return 'slide' in window ? `windows of ${window.size}, one each ${window.slide}` : `windows of ${window.size}`
}
