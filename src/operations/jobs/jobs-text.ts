/**
 * Analytics jobs as cells of tables for people. Pure.
 */
import type { StoredStatus } from './job-files.ts'
import type { Job, JobWordReceived } from './jobs.ts'

const header = ['job', 'pipeline', 'wanted', 'state', 'records', 'late', 'watermark', 'last failure']

/** One row for each job, with a header. */
export function listCells(jobs: readonly Job[]): string[][] {
  return [header, ...jobs.map(listRow)]
}

function listRow(job: Job): string[] {
  const { status } = job
  return [
    job.job,
    job.pipeline,
    wantedText(job),
    stateText(job),
    ...(status ? [number(status.counts.records), number(status.counts.late), watermarkText(status)] : ['-', '-', '-']),
    status?.failure?.message ?? '-',
  ]
}

/** A job whole: its facts, then what was counted, then its latest batch. */
export function showCells(job: Job): string[][][] {
  const { status } = job
  const facts = [
    ['job', job.job],
    ['pipeline', job.pipeline],
    ['wanted', wantedText(job)],
    ['state', stateText(job)],
  ]
  return status ? [[...facts, ...failureCells(status)], countCells(status), batchCells(status)] : [facts]
}

function failureCells({ restarts, failure }: StoredStatus): string[][] {
  const restarted = ['restarts', number(restarts)]
  if (!failure) return [restarted]
  const { code, message, at } = failure
  return [restarted, ['last failure', `${timeText(at)} ${code}: ${message}`]]
}

function countCells({ counts }: StoredStatus): string[][] {
  return [
    ['records read', number(counts.records)],
    ['not decodable', number(counts.undecodable)],
    ['without event time', number(counts.untimed)],
    ['too late for their window', number(counts.late)],
    ['batches that ran unseen', number(counts.unseenBatches)],
  ]
}

function batchCells(status: StoredStatus): string[][] {
  const { latest } = status
  if (!latest) return [['latest batch', 'none yet']]
  const state = latest.stateOperators[0]
  return [
    ['latest batch', `${latest.batchId}, of ${latest.timestamp}`],
    ['records', number(latest.numInputRows)],
    ['took', `${number(latest.batchDuration)} ms`],
    ['groups in its state', state ? `${number(state.numRowsTotal)}, ${number(state.memoryUsedBytes)} bytes` : '0'],
    ['watermark', watermarkText(status)],
  ]
}

/** What became of a word. */
export function wordText({ job, isTakenOn }: JobWordReceived): string {
  const word = job.isWanted ? 'run' : 'rest'
  if (isTakenOn === null)
    return `${job.job} is to ${word}; nobody supervises it now, and the next "npm start" finds it so`
  if (isTakenOn) return job.isWanted ? `${job.job} runs` : `${job.job} rests; its checkpoint stays`
  return `${job.job} is to ${word}, and is ${stateText(job)}${job.status?.failure ? `: ${job.status.failure.message}` : ''}`
}

function wantedText({ isWanted }: Job): string {
  return isWanted ? 'run' : 'rest'
}

function stateText({ isSupervised, status }: Job): string {
  return isSupervised && status ? status.state : 'not supervised'
}

function watermarkText({ counts }: StoredStatus): string {
  return counts.watermarkMs === 0 ? '-' : timeText(counts.watermarkMs)
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}

function number(value: number): string {
  return value.toLocaleString('en')
}
