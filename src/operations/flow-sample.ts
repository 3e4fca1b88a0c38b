/**
 * One look at everything that flows: offsets of topics and groups, what the pollers say, the latest runs.
 * Not for what it means: see flow-hops.ts.
 */
import { kafkaAnswer } from '../connect/kafka.ts'
import { committedOffsets, offsetBounds, type PartitionOffsets } from '../connect/kafka-offsets.ts'
import { consumerGroup, deadLetterTopic } from '../core/names.ts'
import { type Pipeline, writtenTopic } from '../core/pipeline.ts'
import { topicsOf } from '../core/topology.ts'
import type { MappingStatus } from '../event-source/report.ts'
import { ledgerOf, type Run } from '../runtime/ledger.ts'
import type { Clients } from './clients.ts'
import type { PartitionLag } from './lag.ts'
import { runningPollers } from './poller-status.ts'
import { isPaused } from './schedules.ts'

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
}

/** A stage that reads a topic as a consumer group. */
export type ReadingStage = { readonly stage: 'process' | 'write'; readonly group: string; readonly topic: string }

const runsKept = 20

/** The stages of a pipeline that read topics, in the order of the flow. */
export function readingStages(pipeline: Pipeline): ReadingStage[] {
  const { name, process, topic } = pipeline
  const write: ReadingStage = {
    stage: 'write',
    group: consumerGroup(name, 'write'),
    topic: writtenTopic(pipeline).name,
  }
  return process ? [{ stage: 'process', group: consumerGroup(name, 'process'), topic: topic.name }, write] : [write]
}

/** Looks once. Fails with KAFKA_UNAVAILABLE or CASSANDRA_UNAVAILABLE. */
export async function sampleFlow(
  pipelines: readonly Pipeline[],
  clients: Clients,
  folder: string,
): Promise<FlowSample> {
  const { admin, cassandra } = clients
  const at = Date.now()
  const names = pipelines.flatMap(topicsOf).flatMap(({ name }) => [name, deadLetterTopic(name)])
  const existing = new Set(await kafkaAnswer('the topics', admin.listTopics()))
  const present = names.filter((name) => existing.has(name))
  const stages = pipelines.flatMap(readingStages).filter(({ topic }) => existing.has(topic))
  // Commits before ends, so that a group never looks ahead of its topic.
  const commits = await Promise.all(stages.map(({ group, topic }) => committedOffsets(admin, group, topic)))
  const [bounds, runs, paused] = await Promise.all([
    Promise.all(present.map((name) => offsetBounds(admin, name))),
    Promise.all(pipelines.map(({ name }) => ledgerOf(cassandra, name).latestRuns(runsKept))),
    Promise.all(pipelines.map(({ name }) => isPaused(clients, name))),
  ])
  const topics = new Map(present.map((name, index) => [name, bounds[index] as TopicOffsets]))
  const statuses = runningPollers(folder).flatMap(({ mappings }) => mappings)
  return {
    at,
    topics,
    lags: new Map(stages.map(({ group, topic }, index) => [group, lagOn(topics.get(topic), commits[index])])),
    mappings: Map.groupBy(statuses, ({ id }) => id),
    runs: new Map(pipelines.map(({ name }, index) => [name, runs[index] ?? []])),
    paused: new Set(pipelines.filter((_, index) => paused[index]).map(({ name }) => name)),
  }
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
