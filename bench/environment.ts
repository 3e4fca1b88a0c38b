/**
 * Services of the benchmark's own, with the write function of its workload deployed to the emulator.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import {
  CreateFunctionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import type { Client } from 'cassandra-driver'
import { zipSync } from 'fflate'
import type { Admin, Producer } from 'kafkajs'
import { writeBundle } from '../cdk/bundle.ts'
import { prebundleLayer } from '../layers/runtime/prebundle.ts'
import { awsConfig } from '../src/connect/aws.ts'
import { connectCassandra } from '../src/connect/cassandra.ts'
import { connectKafka } from '../src/connect/kafka.ts'
import { createTopics } from '../src/connect/kafka-topics.ts'
import { connectRegistry } from '../src/connect/registry.ts'
import { createKeyspace, createTable } from '../src/core/cql.ts'
import type { Endpoints } from '../src/core/endpoints.ts'
import { renderEnvironment } from '../src/core/environment.ts'
import { cassandraSecretName, keyspace, valueSubject } from '../src/core/names.ts'
import type { SchemaId } from '../src/core/wire-format.ts'
import { freePorts } from '../src/local/ports.ts'
import { startStack } from '../src/local/stack.ts'
import { cloneFolder, workFolder } from '../src/operations/places.ts'
import { pipeline, writeFunction } from './workload.ts'

/** What the ways are measured against. */
export type BenchEnvironment = {
  readonly endpoints: Endpoints
  /** Of the emulator; its functions are processes below it. */
  readonly emulatorPid: number
  readonly admin: Admin
  readonly producer: Producer
  readonly cassandra: Client
  readonly schemaId: SchemaId
  stop(): Promise<void>
}

/** Starts Kafka, Cassandra, registry and emulator on free ports and folders of their own. */
export async function startEnvironment(report: (line: string) => void): Promise<BenchEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const services = ['kafka', 'cassandra', 'registry', 'emulator'] as const
  const stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report })
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true }), () => stack.stop()]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    const { endpoints } = stack
    await stack.allReady
    const kafka = connectKafka({ bootstrapServers: endpoints.kafka.bootstrapServers, clientId: 'sluice-bench' })
    const admin = kafka.admin()
    const producer = kafka.producer()
    const cassandra = connectCassandra(endpoints.cassandra)
    stops.push(() => Promise.allSettled([admin.disconnect(), producer.disconnect(), cassandra.shutdown()]))
    await Promise.all([admin.connect(), producer.connect(), cassandra.connect()])
    const { topic, tables } = pipeline
    await createTopics(admin, [{ topic: topic.name, numPartitions: topic.partitions }])
    await cassandra.execute(createKeyspace(keyspace), [], { prepare: false })
    for (const table of tables) await cassandra.execute(createTable(keyspace, table), [], { prepare: false })
    const schema = JSON.stringify(topic.schema)
    const schemaId = await connectRegistry(endpoints.registry).register(valueSubject(topic.name), schema)
    await deployFunction(endpoints, folder)
    const emulatorPid = stack.service('emulator').pid
    return { endpoints, emulatorPid, admin, producer, cassandra, schemaId, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The function as the app deploys it: the same bundle, layer, memory, timeout and environment. */
async function deployFunction({ aws, kafka, cassandra, registry }: Endpoints, folder: string): Promise<void> {
  const client = new LambdaClient(awsConfig(aws))
  const code = join(folder, 'function')
  writeBundle({ entry: 'write.ts', alias: { '#pipeline': join(cloneFolder, 'bench/workload.ts') } }, code)
  const layer = await client.send(
    new PublishLayerVersionCommand({
      LayerName: 'bench-layer',
      Content: { ZipFile: zipped(prebundleLayer(join(workFolder, 'cache'))) },
    }),
  )
  const { host, port, localDataCenter } = cassandra
  const environment = renderEnvironment({
    bootstrapServers: kafka.bootstrapServers,
    kafka: { kind: 'plaintext' },
    cassandra: { kind: 'cassandra', host, port, localDataCenter, secret: cassandraSecretName },
    registry: { kind: 'confluent', url: registry.url },
    sourceUrl: null,
  })
  await client.send(
    new CreateFunctionCommand({
      FunctionName: writeFunction,
      Role: `arn:aws:iam::${aws.accountId}:role/bench`,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 60,
      Environment: {
        Variables: { ...environment, NODE_OPTIONS: '--enable-source-maps --disable-warning=TimeoutNegativeWarning' },
      },
      Layers: [layer.LayerVersionArn ?? ''],
      Code: { ZipFile: zipped(code) },
    }),
  )
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 30 }, { FunctionName: writeFunction })
  client.destroy()
}

function zipped(folder: string): Uint8Array {
  const files: Record<string, Uint8Array> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files[relative(folder, path)] = readFileSync(path)
  }
  return zipSync(files)
}
