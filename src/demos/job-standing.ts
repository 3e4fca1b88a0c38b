/**
 * How far the jobs of a demo are: each has counted its topics to their ends, knows that, and its results are rows.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../core/errors.ts'
import { type JobSource, resultTable, resultTopic, viewColumns } from '../core/job.ts'
import { type AnyRow, keyColumns } from '../core/table.ts'
import type { DeclaredJob } from '../operations/jobs/find-job.ts'
import { jobFiles } from '../operations/jobs/job-files.ts'
import { pipelineStatus } from '../operations/status.ts'
import type { DemoPlace } from './demo.ts'

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
}

/** Whether nothing is left to be done. */
export function isSettled({ counted, records, isClosed, lag, unaccounted }: JobStanding): boolean {
  return counted === records && isClosed && lag === 0 && unaccounted === 0
}

/** How far a job is now. */
export async function jobStanding({ job, pipeline }: DeclaredJob, place: DemoPlace): Promise<JobStanding> {
  const sources = Object.values(job.sources)
  const { records: counted, watermarkMs } = place.countsOf(job.name)
  const sizes = await Promise.all(sources.map(({ topic }) => place.sizeOf(topic)))
  const records = sizes.reduce((sum, size) => sum + size, 0)
  // What costs more is looked at when the rest is done.
  const isClosed = counted === records && watermarkMs >= (await finalWatermark(sources, place))
  const lag = isClosed ? await lagOf(pipeline, place) : 0
  const account = isClosed && lag === 0 ? await accountOf(job, place) : { results: 0, unaccounted: 0 }
  return { job: job.name, counted, records, isClosed, lag, ...account }
}

/** Longest that nothing may change while jobs are waited for. */
const stallMs = 300_000
const lookMs = 2_000

/**
 * Waits until all jobs are settled, and reports how far they are whenever that changes. Fails with JOB_FAILED when
 * nothing has changed for five minutes; rejects with the signal's reason.
 */
export async function settledJobs(
  declared: readonly DeclaredJob[],
  place: DemoPlace,
  folder: string,
  signal: AbortSignal,
  report: (line: string) => void,
): Promise<readonly JobStanding[]> {
  const settled = new Map<string, JobStanding>()
  let told = ''
  let changedAt = Date.now()
  for (;;) {
    const standings = await Promise.all(
      declared.map(async (each) => settled.get(each.job.name) ?? jobStanding(each, place)),
    )
    for (const standing of standings) if (isSettled(standing)) settled.set(standing.job, standing)
    const line = standingLine(standings)
    if (line !== told) {
      report(line)
      told = line
      changedAt = Date.now()
    }
    if (standings.every(isSettled)) return standings
    if (Date.now() - changedAt > stallMs) throw stalled(standings, folder)
    signal.throwIfAborted()
    await delay(lookMs, null, { signal }).catch(() => signal.throwIfAborted())
  }
}

function standingLine(standings: readonly JobStanding[]): string {
  const done = standings.filter(isSettled).length
  const texts = standings.filter((each) => !isSettled(each)).map(standingText)
  return [`${done} of ${standings.length} jobs are settled`, ...texts].join('; ')
}

function standingText(standing: JobStanding): string {
  const { job, counted, records, isClosed, lag, unaccounted } = standing
  if (counted !== records) return `${job} ${number(counted)} of ${number(records)} records`
  if (!isClosed) return `${job} closes windows`
  return lag > 0 ? `${job} ${number(lag)} to be written` : `${job} ${number(unaccounted)} results are no rows yet`
}

function stalled(standings: readonly JobStanding[], folder: string): SluiceError {
  const standing = standings.find((each) => !isSettled(each)) as JobStanding
  const failure = jobFiles(folder, standing.job).readStatus()?.failure
  const why = failure ? `: ${failure.message}` : ''
  const remedy = `see "npm run sluice -- jobs show ${standing.job}" and ${folder}/logs/spark.log`
  return new SluiceError(
    'JOB_FAILED',
    `${standingText(standing)}, and so for ${stallMs / 60_000} minutes${why}: ${remedy}`,
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

const unitMs: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** A length of time as Spark reads it, in ms. */
export function millisecondsOf(duration: string): number {
  const [count, unit = ''] = duration.split(' ')
  return Number(count) * (unitMs[unit.replace(/s$/, '')] ?? 0)
}

async function lagOf(pipeline: DeclaredJob['pipeline'], { clients }: DemoPlace): Promise<number> {
  const { stages } = await pipelineStatus(pipeline, clients)
  return stages.reduce((sum, { lag }) => sum + lag, 0)
}

/** The latest result of each key must be its row. */
async function accountOf(job: DeclaredJob['job'], place: DemoPlace): Promise<{ results: number; unaccounted: number }> {
  const topic = resultTopic(job)
  const key = keyColumns(resultTable(job))
  const columns = Object.keys(job.result.columns)
  const textOf = (row: AnyRow, names: readonly string[] = columns) =>
    JSON.stringify(names.map((column) => row[column] ?? null))
  const latest = new Map<string, string>()
  for (const { value } of await place.recordsOf(topic.name)) {
    // A result without a key is a dead letter with its reason.
    if (key.every((column) => value[column] !== null)) latest.set(textOf(value, key), textOf(value))
  }
  const rows = new Set((await place.rowsOf(job.name)).map((row) => textOf(row)))
  return { results: latest.size, unaccounted: [...latest.values()].filter((result) => !rows.has(result)).length }
}

function number(value: number): string {
  return value.toLocaleString('en')
}
