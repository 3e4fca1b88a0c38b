/**
 * The iot pipeline between its topics on real services: Kafka, the registry, the emulator's buses, and Spark with both
 * jobs. The process stage runs here, on events as a mapping sends them, so that a test can end it between two batches.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from '../../pipelines/iot.ts'
import { eventBuses } from '../../src/connect/event-bus.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { readRange } from '../../src/connect/kafka-range.ts'
import { readUntilNow, type TopicRecord } from '../../src/connect/kafka-reader.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import { resultTopic } from '../../src/core/job.ts'
import { noCounts } from '../../src/core/job-progress.ts'
import { valueSubject } from '../../src/core/names.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { frame, unframe } from '../../src/core/wire-format.ts'
import { freePorts } from '../../src/local/ports.ts'
import { startStack } from '../../src/local/stack.ts'
import { type SupervisedJob, superviseJob } from '../../src/operations/jobs/supervise-job.ts'
import { processHandler } from '../../src/runtime/process.ts'
import type { ProcessConnections } from '../../src/runtime/process-connections.ts'
import { type AlertQueue, alertQueue } from '../fixtures/alert-queue.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { deployTopology } from '../fixtures/deployed-topology.ts'

/** A batch as a mapping sends it, of one partition. */
export type Batch = readonly TopicRecord[]

/** Services, the stage and the jobs. */
export type IotScene = {
  readonly alerts: AlertQueue
  publish(readings: readonly AvroRecord[]): Promise<void>
  /** All records of the source topic in batches, partitions in turn. */
  batches(size: number): Promise<Batch[]>
  /** A process function that has just been started. */
  startFunction(): (batch: Batch) => Promise<unknown>
  /** The ranges that functions have read back. */
  readonly readBack: { readonly from: number; readonly to: number }[]
  /** The latest record of each key. */
  latest(topic: AnyTopic): Promise<AvroRecord[]>
  startJobs(): readonly SupervisedJob[]
  close(): Promise<void>
}

/** Starts the services in a folder of their own. */
export async function startIotScene(): Promise<IotScene> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-iot-'))
  const services = ['kafka', 'registry', 'emulator', 'spark'] as const
  const stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  const closing: (() => Promise<unknown>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
    () => stack.stop(),
  ]
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    await stack.allReady
    const { kafka: brokers, registry: registryPlace, aws, spark } = stack.endpoints
    await deployTopology(pipeline, stack.endpoints)
    const kafka = connectKafka({ ...brokers, clientId: 'sluice-test' })
    const producer = createProducer(kafka)
    closing.push(() => producer.disconnect())
    const registry = connectRegistry(registryPlace)
    const alerts = await alertQueue(aws)
    const readBack: { from: number; to: number }[] = []
    let groups = 0
    const connections = {
      producer,
      registry,
      putEvents: eventBuses(aws.region, aws.endpoint),
      readBack: async (range, onValue) => {
        readBack.push({ from: range.from, to: range.to })
        await readRange(kafka, `sluice-test-window-${groups++}`, range, onValue)
      },
    } satisfies Partial<ProcessConnections> as unknown as ProcessConnections
    const all = async (topic: AnyTopic) => {
      const starts = Array.from({ length: topic.partitions }, (_, partition) => [partition, 0] as const)
      const records: TopicRecord[] = []
      await readUntilNow(kafka, new Map([[topic.name, new Map(starts)]]), (record) => records.push(record))
      return records
    }
    return {
      alerts,
      readBack,
      async publish(readings) {
        const { name, schema, key } = pipeline.topic
        const id = await registry.idOf(valueSubject(name), JSON.stringify(schema))
        const codec = avroCodec(schema)
        const outgoing = readings.map((reading) => {
          return { key: key(reading), value: frame(id, codec.encode(reading)), headers: {}, timestamp: Date.now() }
        })
        await producer.send(name, outgoing)
      },
      async batches(size) {
        const byPartition = Map.groupBy(await all(pipeline.topic), ({ partition }) => partition)
        return [...byPartition.values()].flatMap((records) =>
          Array.from({ length: Math.ceil(records.length / size) }, (_, n) => records.slice(n * size, (n + 1) * size)),
        )
      },
      startFunction() {
        const handle = processHandler(pipeline, connections)
        return (batch) => handle(eventOf(batch))
      },
      async latest(topic) {
        const codec = avroCodec(topic.schema)
        const values = new Map<string, AvroRecord>()
        for (const { value } of await all(topic)) {
          const record = codec.decode(unframe(value as Buffer).payload, JSON.stringify(topic.schema))
          values.set(`${topic.key(record)}|${record.at}`, { ...record })
        }
        return [...values.values()]
      },
      startJobs() {
        return (pipeline.analytics ?? []).map((job) => {
          const supervised = superviseJob({
            ...{ job, pipeline, registry, url: spark.url, counts: noCounts },
            place: { kafka: { 'kafka.bootstrap.servers': brokers.bootstrapServers }, trigger: '1 second' },
            checkpoint: `file://${join(folder, `checkpoint-${job.name}`)}`,
            report: (line) => process.stderr.write(`${line}\n`),
          })
          closing.push(() => supervised.stop())
          return supervised
        })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The result topic of a job of the pipeline. */
export function resultsOf(job: string): AnyTopic {
  const definition = pipeline.analytics?.find(({ name }) => name === job)
  if (!definition) throw new Error(`there is no job ${job}`)
  return resultTopic(definition)
}

function eventOf(batch: Batch) {
  const records = batch.map(({ topic, partition, offset, timestamp, key, value }) => ({
    ...{ topic, partition, offset, timestamp, timestampType: 'CREATE_TIME' as const, headers: [] },
    key: key?.toString('base64') ?? null,
    value: value?.toString('base64') ?? null,
  }))
  const [{ topic, partition } = { topic: '', partition: 0 }] = batch
  return {
    eventSource: 'SelfManagedKafka' as const,
    bootstrapServers: '127.0.0.1:1',
    records: { [`${topic}-${partition}`]: records },
  }
}
