/**
 * What a look at the flow means: each hop of a pipeline with its figures and its state. Pure.
 */
import { deadLetterTopic, functionName } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { quantile } from '../../core/quantile.ts'
import type { MappingStatus } from '../../event-source/mapping-status.ts'
import type { Run } from '../../runtime/ledger.ts'
import { tookMs } from '../runs/runs.ts'
import { type FlowSample, readingStages, type TopicOffsets } from './flow-sample.ts'
import { sumOfLag } from './lag.ts'

/** A part of a pipeline that records pass, or end in. */
export type HopKind = 'source' | 'ingest' | 'topic' | 'process' | 'write' | 'table' | 'dead-letters' | 'job'

/** `ok` works or has nothing to do; `paused` by an operator; `late` works too slowly; `failing` does not work. */
export type HopState = 'ok' | 'paused' | 'late' | 'failing'

/** A hop as of now; what does not apply, or is not known yet, is null. */
export type Hop = {
  /** Unique within the pipeline: its kind, and its name where there are several of a kind. */
  readonly id: string
  readonly kind: HopKind
  readonly name: string
  readonly state: HopState
  /** Why it is not `ok`, and what to do. */
  readonly reason: string | null
  /** Records per second. */
  readonly rate: number | null
  readonly lag: number | null
  /** In the time that is remembered: see {@link historyMs}. Of dead letters: those that wait. */
  readonly errors: number | null
  readonly p99Ms: number | null
  /** Records that a topic holds, by partition. */
  readonly held: readonly number[] | null
}

/** How far back figures go, in ms. */
export const historyMs = 10 * 60_000

const lateAfterMs = 60_000
const rateWindowMs = 5_000

/** What hops are made of: samples oldest first, at least one; dead letters that wait, by topic. */
export type FlowHistory = { readonly samples: readonly FlowSample[]; readonly waiting: ReadonlyMap<string, number> }

/** The hops of a pipeline in the order of the flow, then what branches off: dead letters, jobs. */
export function hopsOf(pipeline: Pipeline, history: FlowHistory): Hop[] {
  const { process, tables, name, analytics = [] } = pipeline
  const stages = readingStages(pipeline)
  const write = stages.at(-1)
  const readers = stages.map((stage) => stageHop(stage.stage, stage.group, history))
  const written = readers.at(-1)?.rate ?? null
  const topics = [pipeline.topic, ...(process ? [process.topic] : [])]
  return [
    ...ingestHops(name, pipeline.topic.name, sourceName(pipeline), history),
    ...topics.flatMap((topic, at) => [topicHop(topic.name, history), ...readers.slice(at, at + 1)]),
    ...tables.map((table) =>
      hop({ id: `table:${table.name}`, kind: 'table', name: table.name, rate: write ? written : null }),
    ),
    ...topics.map((topic) => deadLetterHop(topic.name, history)),
    ...analytics.map((job) => jobHop(job.name, history)),
  ]
}

function hop(given: Pick<Hop, 'id' | 'kind' | 'name'> & Partial<Hop>): Hop {
  return { state: 'ok', reason: null, rate: null, lag: null, errors: null, p99Ms: null, held: null, ...given }
}

/** The source's host, or that it is the bundled one. */
function sourceName({ source: { url } }: Pipeline): string {
  return url === null ? 'bundled source' : new URL(url).host
}

function ingestHops(pipeline: string, topic: string, source: string, history: FlowHistory): Hop[] {
  const runs = latest(history).runs.get(pipeline) ?? []
  const ended = runs.filter((run) => run.finishedAt !== null)
  const since = latest(history).at - historyMs
  const failed = runs.filter(({ state, startedAt }) => state === 'failed' && startedAt >= since).length
  const [newest] = ended
  const failure = newest?.error ? { state: 'failing' as const, reason: failureText(newest) } : {}
  const rate = rateOf(history, ({ topics }) => endOf(topics.get(topic)))
  const isSourceFailure = newest?.error?.code.startsWith('SOURCE_') ?? false
  const fetching = quantile(ascending(ended.map(({ fetchMs }) => fetchMs)), 0.99)
  const whole = quantile(ascending(ended.map((run) => tookMs(run) ?? 0)), 0.99)
  return [
    hop({ id: 'source', kind: 'source', name: source, rate, p99Ms: fetching, ...(isSourceFailure ? failure : {}) }),
    hop({
      ...{ id: 'ingest', kind: 'ingest', name: functionName(pipeline, 'ingest'), rate },
      ...(latest(history).paused.has(pipeline) ? { state: 'paused' as const, reason: 'the schedule is paused' } : {}),
      ...{ errors: failed, p99Ms: whole, ...failure },
    }),
  ]
}

function failureText({ id, error }: Run): string {
  return `run ${id} failed with ${error?.code}: ${error?.message}`
}

function topicHop(topic: string, history: FlowHistory): Hop {
  const offsets = latest(history).topics.get(topic)
  const common = { id: `topic:${topic}`, kind: 'topic', name: topic } as const
  if (!offsets)
    return hop({ ...common, state: 'failing', reason: 'it does not exist: deploy the app with "npm start"' })
  const rate = rateOf(history, ({ topics }) => endOf(topics.get(topic)))
  return hop({ ...common, rate, held: heldBy(offsets) })
}

function stageHop(stage: 'process' | 'write', group: string, history: FlowHistory): Hop {
  const statuses = latest(history).mappings.get(group) ?? []
  const lag = sumOfLag(latest(history).lags.get(group) ?? [])
  const times = statuses.flatMap(({ invocationMs }) => invocationMs?.p99 ?? [])
  return hop({
    ...{ id: stage, kind: stage, name: group, lag },
    ...stageState(statuses, lag, group, history),
    rate: rateOf(history, ({ lags }) =>
      (lags.get(group) ?? []).reduce((sum, { committed }) => sum + (committed ?? 0), 0),
    ),
    errors: errorsOf(group, history),
    p99Ms: times.length === 0 ? null : Math.max(...times),
  })
}

function stageState(
  statuses: readonly MappingStatus[],
  lag: number,
  group: string,
  history: FlowHistory,
): Pick<Hop, 'state' | 'reason'> {
  if (statuses.length === 0) {
    return { state: 'failing', reason: `no poller runs mapping ${group}: "npm start" runs one` }
  }
  if (statuses.every(({ state }) => state === 'Disabled')) {
    return { state: 'paused', reason: `mapping ${group} is disabled; ${lag.toLocaleString('en')} records wait` }
  }
  const trouble = statuses.find(({ lastProcessingResult }) => lastProcessingResult.startsWith('PROBLEM'))
  if (trouble) return { state: 'failing', reason: trouble.lastProcessingResult }
  const behindFor = behindSince(group, history)
  if (behindFor < lateAfterMs) return { state: 'ok', reason: null }
  const seconds = Math.round(behindFor / 1000)
  return { state: 'late', reason: `${lag.toLocaleString('en')} records behind, for ${seconds} s without catching up` }
}

/** For how long the group has had lag in every sample, in ms. */
function behindSince(group: string, { samples }: FlowHistory): number {
  const now = samples.at(-1)?.at ?? 0
  const caughtUp = samples.findLast(({ lags }) => sumOfLag(lags.get(group) ?? []) === 0)
  const first = samples[0]?.at ?? now
  return now - (caughtUp?.at ?? first)
}

function errorsOf(group: string, { samples }: FlowHistory): number {
  const count = (sample: FlowSample | undefined) =>
    (sample?.mappings.get(group) ?? []).reduce((sum, { metrics }) => sum + metrics.FailedInvokeEventCount, 0)
  const now = count(samples.at(-1))
  const before = count(samples[0])
  // A poller that was started again counts from 0.
  return now >= before ? now - before : now
}

function deadLetterHop(topic: string, history: FlowHistory): Hop {
  const name = deadLetterTopic(topic)
  const offsets = latest(history).topics.get(name)
  const waiting = history.waiting.get(topic) ?? 0
  const words = `${waiting.toLocaleString('en')} ${waiting === 1 ? 'waits' : 'wait'}: see why, mend it, and redrive`
  return hop({
    ...{ id: `dead-letters:${topic}`, kind: 'dead-letters', name },
    ...(waiting > 0 ? { state: 'failing', reason: words } : {}),
    rate: rateOf(history, ({ topics }) => endOf(topics.get(name))),
    errors: waiting,
    held: offsets ? heldBy(offsets) : null,
  })
}

/** A job that nobody supervises has no rate, and is no trouble of the flow. */
function jobHop(name: string, history: FlowHistory): Hop {
  const glance = latest(history).jobs.get(name)
  const common = { id: `job:${name}`, kind: 'job', name } as const
  if (!glance || glance.condition === 'unsupervised') return hop(common)
  const rate = rateOf(history, ({ jobs }) => jobs.get(name)?.records ?? 0)
  if (glance.condition === 'failing') return hop({ ...common, rate, state: 'failing', reason: glance.failure })
  if (glance.condition === 'resting') {
    return hop({ ...common, rate, state: 'paused', reason: 'an operator lets it rest: its records wait in Kafka' })
  }
  return hop({ ...common, rate })
}

function latest({ samples }: FlowHistory): FlowSample {
  return samples.at(-1) as FlowSample
}

/** By how much a count grew a second, over the last five seconds or the last two samples. */
function rateOf({ samples }: FlowHistory, count: (sample: FlowSample) => number): number | null {
  const last = samples.at(-1)
  const before = samples.findLast(({ at }) => last && at <= last.at - rateWindowMs) ?? samples[0]
  if (!last || !before || before === last) return null
  return Math.max(0, ((count(last) - count(before)) * 1000) / (last.at - before.at))
}

function endOf(offsets: TopicOffsets | undefined): number {
  return [...(offsets?.end.values() ?? [])].reduce((sum, end) => sum + end, 0)
}

function heldBy({ start, end }: TopicOffsets): number[] {
  return [...end].sort(([a], [b]) => a - b).map(([partition, last]) => last - (start.get(partition) ?? 0))
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}
