/**
 * A job on real services: Kafka, the registry and Spark, with topics and subjects as deployed.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from '../../pipelines/users.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createProducer, type OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import { readTopics } from '../../src/connect/kafka-reader.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import type { AvroRecordSchema } from '../../src/core/avro-schema.ts'
import type { DeclaredJob } from '../../src/core/declared-jobs.ts'
import { type JobDefinition, resultTopic } from '../../src/core/job.ts'
import { noCounts } from '../../src/core/job-progress.ts'
import { valueSubject } from '../../src/core/names.ts'
import { writtenTopic } from '../../src/core/pipeline.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { frame, unframe } from '../../src/core/wire-format.ts'
import { freePorts } from '../../src/local/ports.ts'
import type { ServiceName } from '../../src/local/service.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { jobFiles } from '../../src/operations/jobs/job-files.ts'
import { type KeptJob, keepJob } from '../../src/operations/jobs/keep-job.ts'
import { type SupervisedJob, superviseJob } from '../../src/operations/jobs/supervise-job.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { deployTopology } from '../fixtures/deployed-topology.ts'
import type { Signup } from './signups.ts'

/** The job that a scene has unless another is given. */
export const job = pipeline.analytics?.[0] as JobDefinition

/** Services with a supervised job. */
export type Scene = {
  readonly stack: LocalStack
  readonly registry: ReturnType<typeof connectRegistry>
  /** The topic that the job reads. */
  readonly source: AnyTopic
  /** Publishes a record for each, with what the job does not look at left empty; registers the schema where it is new. */
  publishSignups(given: readonly Signup[], schema?: AvroRecordSchema): Promise<void>
  /** Publishes a record for each. */
  publishValues(values: readonly AvroRecord[]): Promise<void>
  /** Publishes records of the source topic, their bytes as they are. */
  publish(records: readonly { readonly value: Buffer; readonly timestamp: number }[]): Promise<void>
  /** The latest result of each key. */
  results(): Promise<Map<string, AvroRecord>>
  start(): SupervisedJob
  /** Keeps the job as `npm start` does, in the environment's folder, with a checkpoint of its own. */
  keep(): KeptJob
  readonly folder: string
  /** Whether Spark has begun a batch and not finished it. */
  isInBatch(): boolean
  close(): Promise<void>
}

/** Starts the services in a folder of their own, for that job. */
export async function startScene(
  declared: DeclaredJob = { pipeline, job },
  services: readonly ServiceName[] = ['kafka', 'registry', 'spark'],
): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-spark-'))
  const stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  const jobs: KeptJob[] = []
  const close = async () => {
    await Promise.all(jobs.map((each) => each.stop()))
    await stack.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await stack.allReady
    return await sceneOn(declared, stack, folder, jobs, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function sceneOn(
  { job, pipeline }: DeclaredJob,
  stack: LocalStack,
  folder: string,
  jobs: KeptJob[],
  close: () => Promise<void>,
): Promise<Scene> {
  const [source, result] = [writtenTopic(pipeline), resultTopic(job)]
  const { kafka: brokers, registry: registryPlace, spark } = stack.endpoints
  await deployTopology(pipeline, stack.endpoints)
  const kafka = connectKafka({ ...brokers, clientId: 'sluice-test' })
  const producer = createProducer(kafka)
  const registry = connectRegistry(registryPlace)
  const checkpoint = join(folder, 'checkpoint')
  const empty = Object.fromEntries(source.schema.fields.map(({ name }) => [name, '']))
  const options = {
    job,
    pipeline,
    url: spark.url,
    registry,
    place: { kafka: { 'kafka.bootstrap.servers': brokers.bootstrapServers }, trigger: '1 second' },
    report: (line: string) => process.stderr.write(`${line}\n`),
  }
  const publish: Scene['publish'] = async (records) => {
    const outgoing = records.map(({ value, timestamp }): OutgoingRecord => {
      return { key: String(timestamp), value, headers: {}, timestamp }
    })
    await producer.send(source.name, outgoing)
  }
  type Timed = { readonly value: AvroRecord; readonly timestamp: number }
  const publishAs = async (schema: AvroRecordSchema, records: readonly Timed[]) => {
    const codec = avroCodec(schema)
    const schemaId = await registry.register(valueSubject(source.name), JSON.stringify(schema))
    await publish(records.map(({ value, timestamp }) => ({ value: frame(schemaId, codec.encode(value)), timestamp })))
  }
  return {
    stack,
    registry,
    source,
    publish,
    publishSignups(given, schema = source.schema) {
      const recordOf = ({ id, country }: Signup) => ({ ...empty, id, country })
      return publishAs(
        schema,
        given.map((signup) => ({ value: recordOf(signup), timestamp: signup.at })),
      )
    },
    publishValues: (values) =>
      publishAs(
        source.schema,
        values.map((value) => ({ value, timestamp: Date.now() })),
      ),
    async results() {
      const latest = new Map<string, AvroRecord>()
      const decoder = avroCodec(result.schema)
      const partitions = Array.from({ length: result.partitions }, (_, partition) => [partition, 0] as const)
      const reader = await readTopics(kafka, new Map([[result.name, new Map(partitions)]]), ({ key, value }) => {
        if (!value) return
        const { payload } = unframe(value)
        const record = decoder.decode(payload, JSON.stringify(result.schema))
        if (result.key(record) !== key?.toString()) throw new Error(`key ${key} is not that of its record`)
        latest.set(String(key), { ...record })
      })
      await reader.catchUp()
      await reader.close()
      return latest
    },
    folder,
    start() {
      const started = superviseJob({ ...options, checkpoint: `file://${checkpoint}`, counts: noCounts })
      jobs.push(started)
      return started
    },
    keep() {
      const kept = keepJob(
        { ...options, checkpoint: `${stack.sparkView.checkpoints}/${job.name}/checkpoint` },
        jobFiles(folder, job.name),
      )
      jobs.push(kept)
      return kept
    },
    isInBatch() {
      const latest = (name: string) => Math.max(-1, ...batchesIn(join(checkpoint, name)))
      return latest('offsets') > latest('commits')
    },
    async close() {
      await producer.disconnect()
      await close()
    },
  }
}

/** Numbers of the batches that a log of a checkpoint names. */
function batchesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}
