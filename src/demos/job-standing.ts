/**
 * How far the jobs of a demo are: each has counted its topics to their ends, knows that, and its results are rows.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { DeclaredJob } from '../core/declared-jobs.ts'
import { SluiceError } from '../core/errors.ts'
import { type JobSource, millisecondsOf, resultTable, resultTopic, viewColumns } from '../core/job.ts'
import { deadLetterTopic } from '../core/names.ts'
import { type AnyRow, keyColumns } from '../core/table.ts'
import { jobFiles } from '../operations/jobs/job-files.ts'
import { unanswered } from '../operations/patience.ts'
import type { DemoPlace } from './demo.ts'
import { waitingRecords } from './quiet.ts'
import { figure } from './shown.ts'

/** How far a job is. */
export type JobStanding = {
  readonly job: string
  /** Records that it has counted, and those of its topics. */
  readonly counted: number
  readonly records: number
  /** Whether its watermark is where the latest record puts it, so that no window waits for being closed. */
  readonly isClosed: boolean
  /** Records of the pipeline, results included, that wait for a function. */
  readonly lag: number
  /** Results by key, and those of them that are no row. */
  readonly results: number
  readonly unaccounted: number
  /** Dead letters of its results. */
  readonly deadLettered: number
}

/** Whether nothing is left to be done: what is a dead letter will be no row. */
export function isSettled({ counted, records, isClosed, lag, unaccounted, deadLettered }: JobStanding): boolean {
  return counted === records && isClosed && lag === 0 && unaccounted <= deadLettered
}

/** How far a job is now. */
export async function jobStanding({ job, pipeline }: DeclaredJob, place: DemoPlace): Promise<JobStanding> {
  const sources = Object.values(job.sources)
  const { records: counted, watermarkMs } = place.countsOf(job.name)
  const sizes = await Promise.all(sources.map(({ topic }) => place.sizeOf(topic)))
  const records = sizes.reduce((sum, size) => sum + size, 0)
  // What costs more is looked at when the rest is done.
  const isClosed = counted === records && watermarkMs >= (await finalWatermark(sources, place))
  const lag = isClosed ? await waitingRecords(pipeline, place.clients) : 0
  const account = isClosed && lag === 0 ? await accountOf(job, place) : { results: 0, unaccounted: 0, deadLettered: 0 }
  return { job: job.name, counted, records, isClosed, lag, ...account }
}

/** A job that ended so often unasked will not get further. */
const mostFailures = 3
const lookMs = 2_000
/** Longer than Spark takes to start and to do its largest batch, on a machine that has much else to do. */
const longestStandstillMs = 300_000

/**
 * Waits until all jobs are settled, and reports how far they are whenever that changes. Fails with JOB_FAILED when one has
 * ended three times, or when none got any further for `standstillMs`; rejects with the signal's reason.
 */
export async function settledJobs(
  declared: readonly DeclaredJob[],
  place: DemoPlace,
  folder: string,
  signal: AbortSignal,
  report: (line: string) => void,
  standstillMs = longestStandstillMs,
): Promise<readonly JobStanding[]> {
  const settled = new Map<string, JobStanding>()
  const latest = new Map<string, JobStanding>()
  let told = ''
  let toldAt = Date.now()
  for (;;) {
    for (const each of declared) {
      if (settled.has(each.job.name)) continue
      const standing = await jobStanding(each, place).catch(unanswered)
      if (!standing) continue
      latest.set(standing.job, standing)
      if (isSettled(standing)) settled.set(standing.job, standing)
    }
    const line = standingLine([...latest.values()], declared.length)
    if (line !== told) {
      report(line)
      told = line
      toldAt = Date.now()
    }
    if (settled.size === declared.length) return [...settled.values()]
    for (const { job } of declared) expectNoFailures(job.name, folder)
    if (Date.now() - toldAt > standstillMs) throw standstill(line, declared, place, folder)
    signal.throwIfAborted()
    await delay(lookMs, null, { signal }).catch(() => signal.throwIfAborted())
  }
}

function standingLine(standings: readonly JobStanding[], jobs: number): string {
  const done = standings.filter(isSettled).length
  const texts = standings.filter((each) => !isSettled(each)).map(standingText)
  return [`${done} of ${jobs} jobs are settled`, ...texts].join('; ')
}

function standingText(standing: JobStanding): string {
  const { job, counted, records, isClosed, lag, unaccounted } = standing
  if (counted !== records) return `${job} ${figure(counted)} of ${figure(records)} records`
  if (!isClosed) return `${job} closes windows`
  return lag > 0 ? `${job} ${figure(lag)} to be written` : `${job} ${figure(unaccounted)} results are no rows yet`
}

function expectNoFailures(job: string, folder: string): void {
  const status = jobFiles(folder, job).readStatus()
  if (!status?.failure || status.restarts < mostFailures) return
  const { message } = status.failure
  throw new SluiceError(
    'JOB_FAILED',
    `job ${job} ended ${status.restarts} times: ${message}: see ${folder}/logs/spark.log`,
  )
}

function standstill(line: string, declared: readonly DeclaredJob[], place: DemoPlace, folder: string): SluiceError {
  const unseen = declared.reduce((sum, { job }) => sum + place.countsOf(job.name).unseenBatches, 0)
  const lost = unseen > 0 ? `, and ${unseen} batches ran uncounted` : ''
  return new SluiceError(
    'JOB_FAILED',
    `the jobs got no further: ${line}${lost}: see ${folder}/logs/spark.log, and start the demo again`,
  )
}

/** Where the watermark comes to stand when all records were seen: the slowest source decides. */
async function finalWatermark(sources: readonly JobSource[], place: DemoPlace): Promise<number> {
  const marks = await Promise.all(sources.map((source) => watermarkOf(source, place)))
  return Math.min(...marks)
}

async function watermarkOf({ topic, eventTime, watermark }: JobSource, place: DemoPlace): Promise<number> {
  let latest = 0
  for (const { value, timestamp } of await place.recordsOf(topic)) {
    latest = Math.max(latest, eventTime === viewColumns.recordTime ? timestamp : Number(value[eventTime] ?? 0))
  }
  return latest - millisecondsOf(watermark)
}

/** The latest result of each key must be its row. */
async function accountOf(
  job: DeclaredJob['job'],
  place: DemoPlace,
): Promise<Pick<JobStanding, 'results' | 'unaccounted' | 'deadLettered'>> {
  const topic = resultTopic(job)
  const key = keyColumns(resultTable(job))
  const columns = Object.keys(job.result.columns)
  const textOf = (row: AnyRow, names: readonly string[] = columns) =>
    JSON.stringify(names.map((column) => row[column] ?? null))
  const latest = new Map<string, string>()
  for (const { value } of await place.recordsOf(topic.name)) {
    latest.set(textOf(value, key), textOf(value))
  }
  const rows = new Set((await place.rowsOf(job.name)).map((row) => textOf(row)))
  const unaccounted = [...latest.values()].filter((result) => !rows.has(result)).length
  return { results: latest.size, unaccounted, deadLettered: await place.sizeOf(deadLetterTopic(topic.name)) }
}
