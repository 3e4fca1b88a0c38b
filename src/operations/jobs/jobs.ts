/**
 * Analytics jobs as an operator sees them, and an operator's word on them. Not for running them: see analytics.ts.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type DeclaredJob, declaredJobs } from '../../core/declared-jobs.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { findJob } from './find-job.ts'
import { jobFiles, type StoredStatus } from './job-files.ts'

/** A declared job. */
export type Job = {
  readonly job: string
  readonly pipeline: string
  /** Whether an operator lets it run. */
  readonly isWanted: boolean
  /** Whether the environment's own process supervises it: not with `--no-analytics`, nor while Spark starts. */
  readonly isSupervised: boolean
  /** As it was written last; null where the job never ran here. */
  readonly status: StoredStatus | null
}

/** Where to look: the environment's folder, and the process that runs it. */
export type JobPlace = { readonly folder: string; readonly pid: number }

/** Those of the environment in that folder, which this process runs. */
export function ownJobs(folder: string): JobPlace {
  return { folder, pid: process.pid }
}

/** All declared jobs. */
export function jobs(pipelines: readonly Pipeline[], place: JobPlace): Job[] {
  return declaredJobs(pipelines).map((declared) => described(declared, place))
}

/** The job of that name. Fails with JOB_UNKNOWN. */
export function jobOf(pipelines: readonly Pipeline[], name: string, place: JobPlace): Job {
  return described(findJob(pipelines, name), place)
}

function described({ job, pipeline }: DeclaredJob, { folder, pid }: JobPlace): Job {
  const files = jobFiles(folder, job.name)
  const status = files.readStatus()
  return {
    job: job.name,
    pipeline: pipeline.name,
    isWanted: files.readWord().isWanted,
    isSupervised: status?.pid === pid,
    status,
  }
}

/** How a word was received. */
export type JobWordReceived = {
  readonly job: Job
  /** Whether the job runs, or has ended, as wanted; null when nobody supervises it. */
  readonly isTakenOn: boolean | null
}

/** A restart compiles the query again, which takes some seconds on a small machine. */
const takeOnDeadlineMs = 60_000
const pollMs = 100

/**
 * Stores that a job is to run, from its checkpoint and with the schemas that there are now, or to rest; and waits until
 * that is so, for 60 s at most. Fails with JOB_UNKNOWN.
 */
export async function wantJob(
  pipelines: readonly Pipeline[],
  name: string,
  isWanted: boolean,
  place: JobPlace,
  signal: AbortSignal,
): Promise<JobWordReceived> {
  findJob(pipelines, name)
  const at = Date.now()
  jobFiles(place.folder, name).writeWord({ isWanted, at })
  const deadline = at + takeOnDeadlineMs
  for (;;) {
    const job = jobOf(pipelines, name, place)
    if (!job.isSupervised) return { job, isTakenOn: null }
    const isTakenOn = job.status?.wordAt === at && job.status.state === (isWanted ? 'running' : 'stopped')
    if (isTakenOn || Date.now() > deadline || signal.aborted) return { job, isTakenOn }
    await delay(pollMs)
  }
}
