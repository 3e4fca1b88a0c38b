/**
 * How a job is, in one word. Pure.
 */
import type { StoredStatus } from './job-files.ts'
import type { Job } from './jobs.ts'

/**
 * `failing`: its query ended unasked, and no batch was run since. `resting`: by an operator's word. `unsupervised`: the
 * environment runs without analytics, or Spark is not there yet.
 */
export type JobCondition = 'running' | 'starting' | 'failing' | 'resting' | 'unsupervised'

/** The condition of a job. */
export function conditionOf({ isWanted, isSupervised, status }: Job): JobCondition {
  const state = isSupervised && status ? status.state : null
  if (!isWanted && (state === null || state === 'stopped')) return 'resting'
  if (state === null || !status) return 'unsupervised'
  if (state === 'waiting' || (state === 'starting' && isFailureLatest(status))) return 'failing'
  return state === 'running' ? 'running' : 'starting'
}

function isFailureLatest({ failure, latest }: StoredStatus): boolean {
  return failure !== null && (latest === null || failure.at > Date.parse(latest.timestamp))
}
