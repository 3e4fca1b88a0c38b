/**
 * Looks at everything that flows: offsets of topics and groups, what the pollers say, the latest runs.
 * Not for what it means: see flow-hops.ts.
 */
import { kafkaAnswer } from '../../connect/kafka.ts'
import { committedOffsets, offsetBounds, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import { deadLetterTopic } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { stageMappings } from '../../core/stage-mapping.ts'
import { topicsOf } from '../../core/topology.ts'
import type { MappingStatus } from '../../event-source/mapping-status.ts'
import { ledgerOf, type Run } from '../../runtime/ledger.ts'
import type { Clients } from '../clients.ts'
import { runningPollers } from '../event-sources/poller-status.ts'
import { conditionOf, type JobCondition } from '../jobs/job-condition.ts'
import { type Job, jobs, ownJobs } from '../jobs/jobs.ts'
import { pausedPipelines } from '../runs/schedules.ts'
import { type PartitionLag, sumOfLag } from './lag.ts'

/** The offsets of a topic. */
export type TopicOffsets = { readonly start: PartitionOffsets; readonly end: PartitionOffsets }

/** What was seen at one time. */
export type FlowSample = {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** By name, those of dead letters included; a topic that does not exist is absent. */
  readonly topics: ReadonlyMap<string, TopicOffsets>
  /** By group. */
  readonly lags: ReadonlyMap<string, readonly PartitionLag[]>
  /** What each running poller says of a mapping, by the mapping's id. */
  readonly mappings: ReadonlyMap<string, readonly MappingStatus[]>
  /** The latest runs by pipeline, newest first. */
  readonly runs: ReadonlyMap<string, readonly Run[]>
  /** Pipelines whose schedule an operator has paused. */
  readonly paused: ReadonlySet<string>
  /** By name. */
  readonly jobs: ReadonlyMap<string, JobGlance>
}

/** As much of an analytics job as a look at the flow needs. */
export type JobGlance = {
  readonly condition: JobCondition
  /** Why it ended last; null if it never did unasked. */
  readonly failure: string | null
  /** Records that it has counted. */
  readonly records: number
}

/** A stage that reads a topic as a consumer group. */
export type ReadingStage = { readonly stage: 'process' | 'write'; readonly group: string; readonly topic: string }

const runsKept = 20

/** The stages of a pipeline that read topics, in the order of the flow. */
export function readingStages(pipeline: Pipeline): ReadingStage[] {
  return stageMappings(pipeline)
    .filter(({ label, stage }) => label === stage)
    .map(({ stage, id, topic }) => ({ stage, group: id, topic: topic.name }))
}

/** Requests are what a look costs: of each so many looks one is whole, the others leave out what seldom changes. */
const wholeEvery = 5
const runsBetweenLooks = 2

/**
 * Looks each time that it is called, at what can have changed since. Unless a look is whole, dead letters are those of
 * this look or the one before, a group is asked for only if its topic or it was moving, and of runs only the newest.
 * Fails with KAFKA_UNAVAILABLE or CASSANDRA_UNAVAILABLE; the look after that is whole.
 */
export function flowSampler(
  pipelines: readonly Pipeline[],
  clients: Clients,
  folder: string,
): () => Promise<FlowSample> {
  const mainTopics = new Set(pipelines.flatMap(topicsOf).map(({ name }) => name))
  const names = [...mainTopics].flatMap((name) => [name, deadLetterTopic(name)])
  let known: FlowSample | null = null
  let looks = 0

  const topicsNow = async (before: FlowSample | null, number: number) => {
    const existing = before?.topics ?? new Set(await kafkaAnswer('the topics', clients.admin.listTopics()))
    const asked = names.filter((name, index) => {
      const isDue = before === null || mainTopics.has(name) || (index >> 1) % 2 === number % 2
      return isDue && existing.has(name)
    })
    const bounds = await Promise.all(asked.map((name) => offsetBounds(clients.admin, name)))
    return new Map([...(before?.topics ?? []), ...asked.map((name, at) => [name, bounds[at] as TopicOffsets] as const)])
  }

  const lagsNow = async (before: FlowSample | null, topics: FlowSample['topics']) => {
    const stages = pipelines.flatMap(readingStages).filter(({ topic }) => topics.has(topic))
    const lags = stages.map(async ({ group, topic }): Promise<[string, readonly PartitionLag[]]> => {
      const last = before?.lags.get(group)
      const isStill = last && sumOfLag(last) === 0 && isSame(before?.topics.get(topic), topics.get(topic))
      if (isStill) return [group, last]
      return [group, lagOn(topics.get(topic), await committedOffsets(clients.admin, group, topic))]
    })
    return new Map(await Promise.all(lags))
  }

  const runsNow = async (before: FlowSample | null) => {
    const runs = pipelines.map(async ({ name }): Promise<[string, readonly Run[]]> => {
      const newest = await ledgerOf(clients.cassandra, name).latestRuns(before ? runsBetweenLooks : runsKept)
      const ids = new Set(newest.map(({ id }) => id))
      const others = (before?.runs.get(name) ?? []).filter(({ id }) => !ids.has(id))
      return [name, [...newest, ...others].slice(0, runsKept)]
    })
    return new Map(await Promise.all(runs))
  }

  return async () => {
    const number = looks
    looks = 0
    const at = Date.now()
    const before = number % wholeEvery === 0 ? null : known
    const [topics, runs, paused] = await Promise.all([
      topicsNow(before, number),
      runsNow(before),
      pausedPipelines(clients),
    ])
    const lags = await lagsNow(before, topics)
    const statuses = runningPollers(folder).flatMap(({ mappings }) => mappings)
    const glances = new Map(jobs(pipelines, ownJobs(folder)).map((job) => [job.job, glanceAt(job)] as const))
    known = { at, topics, lags, mappings: Map.groupBy(statuses, ({ id }) => id), runs, paused, jobs: glances }
    looks = number + 1
    return known
  }
}

function glanceAt(job: Job): JobGlance {
  const { status } = job
  const failure = status?.failure ? `${status.failure.code}: ${status.failure.message}` : null
  return { condition: conditionOf(job), failure, records: status?.counts.records ?? 0 }
}

function isSame(before: TopicOffsets | undefined, now: TopicOffsets | undefined): boolean {
  return [...(now?.end ?? [])].every(([partition, end]) => before?.end.get(partition) === end)
}

function lagOn(topic: TopicOffsets | undefined, committed: PartitionOffsets | undefined): PartitionLag[] {
  return [...(topic?.end ?? [])]
    .map(([partition, end]) => {
      const next = committed?.get(partition) ?? null
      const from = Math.max(next ?? 0, topic?.start.get(partition) ?? 0)
      return { partition, committed: next, end, lag: Math.max(0, end - from) }
    })
    .sort((a, b) => a.partition - b.partition)
}
