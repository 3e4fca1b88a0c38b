/**
 * The topics of the app as Kafka and the registry have them: size, retention, schema, and who is how far behind.
 */
import type { Admin, ConfigResourceTypes } from 'kafkajs'
import { kafkaAnswer } from '../../connect/kafka.ts'
import { groupIds } from '../../connect/kafka-groups.ts'
import { committedOffsets, offsetBounds, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import type { Topology } from '../../core/topology.ts'
import type { SchemaId } from '../../core/wire-format.ts'
import type { Clients } from '../clients.ts'

/** A group that has committed on a topic, and how many records it is behind. */
export type GroupLag = { readonly group: string; readonly lag: number }

/** A topic; all but the name are null or empty where it does not exist. */
export type TopicStatus = {
  readonly topic: string
  readonly exists: boolean
  readonly partitions: number
  /** Records that it holds: end minus start over all partitions. */
  readonly records: number
  readonly retentionMs: number | null
  /** Null for topics without a schema of their own: dead letters and parked ones. */
  readonly subject: string | null
  readonly schemaId: SchemaId | null
  readonly groups: readonly GroupLag[]
}

/** Groups of readers beside the pipelines: they come and go and commit nothing. */
const readerPrefix = 'sluice-reader-'

/** `ConfigResourceTypes.TOPIC`: kafkajs is CommonJS and does not show Node that it exports the enumeration. */
const topicResource: ConfigResourceTypes = 2

/** The state of each topic of the model, in its order. */
export async function topicStatuses({ topics, subjects }: Topology, clients: Clients): Promise<TopicStatus[]> {
  const { admin, registry } = clients
  const existing = new Set(await kafkaAnswer('the topics', admin.listTopics()))
  const present = topics.map(({ name }) => name).filter((name) => existing.has(name))
  const [retention, groups] = await Promise.all([retentionOf(admin, present), readersOf(admin)])
  return Promise.all(
    topics.map(async ({ name }) => {
      const subject = subjects.find((each) => each.subject === `${name}-value`)?.subject ?? null
      const schemaId = subject ? await registry.latestId(subject) : null
      const common = { topic: name, subject, schemaId }
      if (!existing.has(name)) {
        return { ...common, exists: false, partitions: 0, records: 0, retentionMs: null, groups: [] }
      }
      const { start, end } = await offsetBounds(admin, name)
      return {
        ...common,
        exists: true,
        partitions: end.size,
        records: distance(start, end),
        retentionMs: retention.get(name) ?? null,
        groups: await groupLags(admin, groups, name, start, end),
      }
    }),
  )
}

async function readersOf(admin: Admin): Promise<string[]> {
  return (await groupIds(admin)).filter((id) => !id.startsWith(readerPrefix))
}

async function groupLags(
  admin: Admin,
  groups: readonly string[],
  topic: string,
  start: PartitionOffsets,
  end: PartitionOffsets,
): Promise<GroupLag[]> {
  const lags = await Promise.all(
    groups.map(async (group) => {
      const committed = await committedOffsets(admin, group, topic)
      if (committed.size === 0) return []
      const from = [...start].map(([partition, first]) => [partition, Math.max(first, committed.get(partition) ?? 0)])
      return [{ group, lag: distance(new Map(from as [number, number][]), end) }]
    }),
  )
  return lags.flat().sort((a, b) => (a.group < b.group ? -1 : 1))
}

async function retentionOf(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  if (topics.length === 0) return new Map()
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: topicResource, name, configNames: ['retention.ms'] })),
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [resourceName, Number(configEntries[0]?.configValue)]),
  )
}

function distance(from: PartitionOffsets, to: PartitionOffsets): number {
  let sum = 0
  for (const [partition, end] of to) sum += end - (from.get(partition) ?? 0)
  return sum
}
