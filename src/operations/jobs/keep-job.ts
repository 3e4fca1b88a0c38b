/**
 * Holds a job to what an operator wants of it, and tells other processes how it goes.
 */
import { noCounts } from '../../core/job-progress.ts'
import { pause } from '../../event-source/backoff.ts'
import type { JobFiles, JobWord } from './job-files.ts'
import { type JobOptions, type SupervisedJob, superviseJob } from './supervise-job.ts'

/** A job that is held to its word. */
export type KeptJob = {
  /** Ends the query; resolves when it has ended. The word stays. */
  stop(): Promise<void>
}

const lookMs = 500

/** Runs the job whenever it is wanted. What was counted before goes on being counted. */
export function keepJob(options: Omit<JobOptions, 'counts'>, files: JobFiles): KeptJob {
  const ending = new AbortController()
  const counted = () => files.readStatus()?.counts ?? noCounts
  const begin = () => superviseJob({ ...options, counts: counted() })
  let running: SupervisedJob | null = null
  let taken: JobWord = files.readWord()

  /** A disk that does not take it is not the job's trouble: the status gets old. */
  const tell = () => {
    const status = running?.status() ?? { ...idle(options), counts: counted() }
    try {
      files.writeStatus({ ...status, pid: process.pid, writtenAt: Date.now(), wordAt: taken.at })
    } catch {}
  }

  const rest = async () => {
    await running?.stop()
    tell()
    running = null
  }

  const keep = async () => {
    if (taken.isWanted) running = begin()
    while (!ending.signal.aborted) {
      const word = files.readWord()
      if (!word.isWanted) await rest()
      else if (!running) running = begin()
      else if (word.at !== taken.at) running.restart()
      taken = word
      tell()
      await pause(lookMs, ending.signal)
    }
    await rest()
  }

  const ended = keep()
  return {
    async stop() {
      ending.abort()
      await ended
    },
  }
}

const idle = ({ job, pipeline }: Pick<JobOptions, 'job' | 'pipeline'>) =>
  ({ job: job.name, pipeline: pipeline.name, state: 'stopped', restarts: 0, failure: null, latest: null }) as const
