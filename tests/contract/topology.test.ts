/**
 * The custom resource against real services: what it creates, what it changes, what it refuses.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'cassandra-driver'
import { type Admin, ConfigResourceTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectCassandra } from '../../src/connect/cassandra.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { FunctionEnvironment } from '../../src/core/environment.ts'
import { cassandraSecretName } from '../../src/core/names.ts'
import type { Table } from '../../src/core/table.ts'
import type { Topology } from '../../src/core/topology.ts'
import { storeLogin } from '../../src/local/login-secret.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { ensureTopology } from '../../src/runtime/topology/handler.ts'

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT'
})

const folder = mkdtempSync(join(tmpdir(), 'sluice-topology-'))
const visits: Table = {
  name: 'visits',
  columns: { id: 'uuid', day: 'text', tags: 'list<text>', at: 'timestamp' },
  partitionKey: ['id'],
  clusteringColumns: ['day'],
  ttlSeconds: 3_600,
}
const model: Topology = {
  keyspace: 'topology_test',
  topics: [{ name: 'visits', partitions: 3, retentionMs: 3_600_000, maxMessageBytes: 1_048_576 }],
  tables: [visits],
  subjects: [
    { subject: 'visits-value', schema: { type: 'record', name: 'Visit', fields: [{ name: 'id', type: 'string' }] } },
  ],
}

let stack: LocalStack
let environment: FunctionEnvironment
let admin: Admin
let client: Client

beforeAll(async () => {
  const ports = await freePorts()
  const services = ['kafka', 'cassandra', 'registry', 'emulator'] as const
  stack = await startStack({ folder, ports, fresh: true, services, report: () => {} })
  const { kafka, cassandra, registry, aws } = stack.endpoints
  process.env.AWS_ENDPOINT_URL = aws.endpoint
  process.env.AWS_REGION = aws.region
  process.env.AWS_ACCESS_KEY_ID = aws.accountId
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  environment = {
    bootstrapServers: kafka.bootstrapServers,
    kafka: { kind: 'plaintext' },
    cassandra: {
      kind: 'cassandra',
      host: cassandra.host,
      port: cassandra.port,
      localDataCenter: cassandra.localDataCenter,
      secret: cassandraSecretName,
    },
    registry: { kind: 'confluent', url: registry.url },
    sourceUrl: null,
  }
  // As in a deploy: begun while the services start, and before the secret is there.
  const ensured = ensureTopology(environment, model)
  await stack.ready.emulator
  await storeLogin(aws, cassandra.login)
  await Promise.all([ensured, stack.allReady])
  admin = connectKafka({ bootstrapServers: kafka.bootstrapServers, clientId: 'test' }).admin()
  await admin.connect()
  client = connectCassandra(cassandra)
})

afterAll(async () => {
  await admin?.disconnect()
  await client?.shutdown()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const visitsSettings = async () => {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: 'visits' }]
  const described = await admin.describeConfigs({ resources, includeSynonyms: false })
  const entries = described.resources[0]?.configEntries ?? []
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}
const columnTypes = async (): Promise<Record<string, string>> => {
  const query = 'SELECT column_name, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?'
  const { rows } = await client.execute(query, [model.keyspace, 'visits'])
  return Object.fromEntries(rows.map((row) => [row.column_name, row.type]))
}
const withTopic = (change: object): Topology => ({ ...model, topics: model.topics.map((t) => ({ ...t, ...change })) })

test('it waits for services that start, then creates topics, tables and subjects', async () => {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['visits'] })
  expect(topics[0]?.partitions).toHaveLength(3)
  expect(await visitsSettings()).toMatchObject({ 'retention.ms': '3600000', 'max.message.bytes': '1048576' })
  expect(await columnTypes()).toEqual(visits.columns)
  expect(await connectRegistry(stack.endpoints.registry).subjects()).toContain('visits-value')
  const rule = await fetch(`${stack.endpoints.registry.url}/config/visits-value`)
  expect(await rule.json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
})

test('doing it again changes nothing', async () => {
  await ensureTopology(environment, model)
  expect(await columnTypes()).toEqual(visits.columns)
  const versions = await fetch(`${stack.endpoints.registry.url}/subjects/visits-value/versions`)
  expect(await versions.json()).toEqual([1])
})

describe('topics', () => {
  test('a new retention is set, and a setting of an operator stays', async () => {
    const settings = { 'retention.ms': '3600000', 'max.message.bytes': '1048576', 'segment.ms': '600000' }
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: 'visits', configEntries }]
    await admin.alterConfigs({ validateOnly: false, resources })
    await ensureTopology(environment, withTopic({ retentionMs: 7_200_000 }))
    expect(await visitsSettings()).toMatchObject({ ...settings, 'retention.ms': '7200000' })
  })

  test('another number of partitions is refused', async () => {
    await expect(ensureTopology(environment, withTopic({ partitions: 4 }))).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
    })
  })
})

describe('tables', () => {
  const withTable = (columns: Table['columns']): Topology => ({ ...model, tables: [{ ...visits, columns }] })

  test('a new column is added', async () => {
    await ensureTopology(environment, withTable({ ...visits.columns, note: 'text' }))
    expect(await columnTypes()).toEqual({ ...visits.columns, note: 'text' })
  })

  test('another type is refused', async () => {
    await expect(ensureTopology(environment, withTable({ ...visits.columns, day: 'int' }))).rejects.toMatchObject({
      code: 'TABLE_MISMATCH',
    })
  })
})

test('an incompatible schema is refused', async () => {
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'day', type: 'string' },
  ] as const
  const subjects = [{ subject: 'visits-value', schema: { type: 'record', name: 'Visit', fields } }] as const
  await expect(ensureTopology(environment, { ...model, subjects })).rejects.toMatchObject({
    code: 'SCHEMA_INCOMPATIBLE',
    message:
      'the registry refused the new schema of subject "visits-value": field "day" is new and has no default (none → string): give it a default',
  })
})

test('a service that does not come is named', async () => {
  const absent = { ...environment, bootstrapServers: '127.0.0.1:1' }
  await expect(ensureTopology(absent, model, { deadlineMs: 500, intervalMs: 50 })).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining('Kafka at 127.0.0.1:1 was not ready within 0.5 s'),
  })
})
