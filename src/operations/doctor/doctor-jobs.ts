/**
 * The doctor's look at the analytics jobs: which rest, wait after a failure, or leave records out.
 */
import { existsSync } from 'node:fs'
import type { Pipeline } from '../../core/pipeline.ts'
import { sparkFolder } from '../../local/installation.ts'
import { type Job, type JobPlace, jobs } from '../jobs/jobs.ts'
import { type Finding, ok, problem, warning } from './doctor-finding.ts'

const check = 'analytics jobs'

/** A finding for each job that is declared. */
export function checkJobs(pipelines: readonly Pipeline[], place: JobPlace): Finding[] {
  return jobs(pipelines, place).map(jobFinding)
}

function jobFinding({ job, isWanted, isSupervised, status }: Job): Finding {
  if (!isWanted) return warning(check, `${job} rests: records wait in Kafka`, `npm run sluice -- jobs restart ${job}`)
  if (!isSupervised || !status) return notSupervised(job)
  const { state, failure, counts } = status
  if (state === 'waiting' && failure) {
    return problem(
      check,
      `${job} failed with ${failure.code}: ${failure.message}`,
      `npm run sluice -- jobs show ${job}`,
    )
  }
  if (state !== 'running') return ok(check, `${job} is ${state}`)
  const leftOut = counts.late + counts.untimed
  const counted = `${job} runs: ${counts.records.toLocaleString('en')} records`
  if (counts.undecodable + leftOut === 0) return ok(check, counted)
  return warning(
    check,
    `${counted}, ${counts.undecodable} not decodable, ${counts.untimed} without event time, ${counts.late} late`,
    `npm run sluice -- jobs show ${job}`,
  )
}

function notSupervised(job: string): Finding {
  return existsSync(sparkFolder())
    ? warning(check, `${job} does not run`, 'wait until Spark has started; or start again without --no-analytics')
    : warning(check, `${job} does not run: Spark is not installed`, 'run "npm start" without --no-analytics')
}
