/**
 * Kafka itself as an operator sees it: brokers, and one topic with its partitions, settings and groups.
 * Not for all topics at a glance: see topics.ts.
 */
import type { Admin, ConfigResourceTypes } from 'kafkajs'
import { kafkaAnswer } from '../../connect/kafka.ts'
import { groupIds } from '../../connect/kafka-groups.ts'
import { offsetBounds } from '../../connect/kafka-offsets.ts'
import type { Clients } from '../clients.ts'
import { groupLag, type PartitionLag } from '../flow/lag.ts'
import { expectTopic } from './records.ts'

/** A broker of the cluster. */
export type BrokerStatus = { readonly id: number; readonly address: string; readonly isController: boolean }

/** A partition of a topic; `start` is its first offset held, `end` that of its next record. */
export type PartitionDetail = {
  readonly partition: number
  readonly start: number
  readonly end: number
  readonly leader: number
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

/** A setting of a topic; `isDefault` says that nobody set it for this topic. */
export type TopicSetting = { readonly name: string; readonly value: string; readonly isDefault: boolean }

/** A group with commits on the topic. */
export type GroupOnTopic = {
  readonly group: string
  readonly state: string
  readonly partitions: readonly PartitionLag[]
}

/** A topic whole. */
export type TopicDetail = {
  readonly topic: string
  readonly partitions: readonly PartitionDetail[]
  readonly settings: readonly TopicSetting[]
  readonly groups: readonly GroupOnTopic[]
}

/** `ConfigResourceTypes.TOPIC`, and `ConfigSource.TOPIC_CONFIG`: kafkajs is CommonJS and does not show Node its enumerations. */
const topicResource: ConfigResourceTypes = 2
const setForTopic = 1
const readerPrefix = 'sluice-reader-'

/** The brokers, ordered by id. Fails with KAFKA_UNAVAILABLE. */
export async function brokerStatuses({ admin }: Clients): Promise<BrokerStatus[]> {
  const { brokers, controller } = await kafkaAnswer('its brokers', admin.describeCluster())
  return brokers
    .map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}`, isController: nodeId === controller }))
    .sort((a, b) => a.id - b.id)
}

/** A topic with its partitions, settings and groups. Fails with TOPIC_UNKNOWN or KAFKA_UNAVAILABLE. */
export async function topicDetail(topic: string, clients: Clients): Promise<TopicDetail> {
  const { admin } = clients
  await expectTopic(topic, clients)
  const [{ start, end }, metadata, settings, groups] = await Promise.all([
    offsetBounds(admin, topic),
    kafkaAnswer(`the partitions of topic ${topic}`, admin.fetchTopicMetadata({ topics: [topic] })),
    settingsOf(admin, topic),
    groupsOn(admin, topic),
  ])
  const partitions = (metadata.topics[0]?.partitions ?? []).map(({ partitionId, leader, replicas, isr }) => ({
    partition: partitionId,
    start: start.get(partitionId) ?? 0,
    end: end.get(partitionId) ?? 0,
    leader,
    replicas,
    inSync: isr,
  }))
  return { topic, partitions: partitions.sort((a, b) => a.partition - b.partition), settings, groups }
}

async function settingsOf(admin: Admin, topic: string): Promise<TopicSetting[]> {
  const resources = [{ type: topicResource, name: topic }]
  const asked = admin.describeConfigs({ includeSynonyms: false, resources })
  const { resources: answers } = await kafkaAnswer(`the settings of topic ${topic}`, asked)
  return (answers[0]?.configEntries ?? [])
    .map(({ configName, configValue, configSource }) => ({
      name: configName,
      value: configValue ?? '',
      isDefault: (configSource as number) !== setForTopic,
    }))
    .sort((a, b) => Number(a.isDefault) - Number(b.isDefault) || (a.name < b.name ? -1 : 1))
}

async function groupsOn(admin: Admin, topic: string): Promise<GroupOnTopic[]> {
  const ids = (await groupIds(admin)).filter((id) => !id.startsWith(readerPrefix))
  const lags = await Promise.all(ids.map((id) => groupLag(admin, id, topic)))
  const found = ids.flatMap((group, at) => {
    const partitions = lags[at] ?? []
    return partitions.some(({ committed }) => committed !== null) ? [{ group, partitions }] : []
  })
  if (found.length === 0) return []
  const described = await kafkaAnswer('the consumer groups', admin.describeGroups(found.map(({ group }) => group)))
  const stateOf = new Map(described.groups.map(({ groupId, state }) => [groupId, state]))
  return found.map((each) => ({ ...each, state: stateOf.get(each.group) ?? 'unknown' }))
}
