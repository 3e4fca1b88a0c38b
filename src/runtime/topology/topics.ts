/**
 * Makes the topics of a cluster those of the model.
 */
import { connect } from 'node:net'
import { type Admin, ConfigResourceTypes, type Kafka } from 'kafkajs'
import { connectKafka } from '../../connect/kafka.ts'
import { createTopics } from '../../connect/kafka-topics.ts'
import type { FunctionEnvironment } from '../../core/environment.ts'
import type { TopicSpec } from '../../core/topology.ts'
import { kafkaSecurity } from '../access.ts'
import { type PresentTopic, topicChanges } from './topic-changes.ts'
import { type Patience, waitFor } from './wait.ts'

/** In DescribeConfigs: a setting of the topic itself, no default of the broker. */
const topicConfigSource = 1
const probeTimeoutMs = 1_000

/** Waits for the login and for Kafka, then creates and configures. Idempotent. Returns what was done. Fails with SERVICE_FAILED or TOPIC_MISMATCH. */
export async function ensureTopics(
  { bootstrapServers, kafka: access }: Pick<FunctionEnvironment, 'bootstrapServers' | 'kafka'>,
  wanted: readonly TopicSpec[],
  patience: Patience,
): Promise<string[]> {
  const security = await waitFor('The login of Kafka', () => kafkaSecurity(access), patience)
  const kafka = connectKafka({ bootstrapServers, security, clientId: 'sluice-topology' })
  const admin = await waitFor(`Kafka at ${bootstrapServers}`, () => connectAdmin(kafka, bootstrapServers), patience)
  try {
    const changes = topicChanges(wanted, await presentTopics(admin, wanted))
    const created = changes.filter((change) => change.kind === 'create')
    const configured = changes.filter((change) => change.kind === 'configure')
    if (created.length > 0) {
      await createTopics(
        admin,
        created.map(({ topic, settings }) => ({
          topic: topic.name,
          numPartitions: topic.partitions,
          replicationFactor: -1,
          configEntries: entries(settings),
        })),
      )
    }
    if (configured.length > 0) {
      await admin.alterConfigs({
        validateOnly: false,
        resources: configured.map(({ name, settings }) => ({
          type: ConfigResourceTypes.TOPIC,
          name,
          configEntries: entries(settings),
        })),
      })
    }
    return [
      ...created.map(({ topic }) => `created ${topic.name}`),
      ...configured.map(({ name }) => `configured ${name}`),
    ]
  } finally {
    await admin.disconnect()
  }
}

/** kafkajs spaces its own attempts to connect ever further apart, so it is asked only once a broker listens. */
async function connectAdmin(kafka: Kafka, bootstrapServers: string): Promise<Admin> {
  await Promise.any(bootstrapServers.split(',').map(expectListening)).catch((error: AggregateError) => {
    throw error.errors[0]
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { controller } = await admin.describeCluster()
    if (controller === null) throw new Error('the cluster has no controller')
    return admin
  } catch (error) {
    await admin.disconnect().catch(() => {})
    throw error
  }
}

function expectListening(server: string): Promise<void> {
  const [host = '', port = ''] = server.split(':')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host, port: Number(port), timeout: probeTimeoutMs })
  socket.once('connect', resolve)
  socket.once('error', reject)
  socket.once('timeout', () => reject(new Error(`${server} did not accept a connection`)))
  return promise.finally(() => socket.destroy())
}

async function presentTopics(admin: Admin, wanted: readonly TopicSpec[]): Promise<PresentTopic[]> {
  const existing = new Set(await admin.listTopics())
  const names = wanted.map(({ name }) => name).filter((name) => existing.has(name))
  if (names.length === 0) return []
  const [metadata, configs] = await Promise.all([
    admin.fetchTopicMetadata({ topics: names }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
    }),
  ])
  const settings = new Map(
    configs.resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(
        configEntries
          .filter((entry) => Number(entry.configSource) === topicConfigSource)
          .map((entry) => [entry.configName, entry.configValue]),
      ),
    ]),
  )
  return metadata.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.length,
    settings: settings.get(name) ?? {},
  }))
}

function entries(settings: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value }))
}
