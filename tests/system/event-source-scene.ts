/**
 * Where pollers are tested: a real Kafka, and a real HTTP server that speaks the Invoke API, so that a test decides what
 * the function does.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin, Producer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import type { EventSourceMappingProperties } from '../../src/core/event-source-mapping.ts'
import type { KafkaEvent, KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/event-source/poller.ts'
import type { PollerEvent } from '../../src/event-source/report.ts'
import { freePorts } from '../../src/local/ports.ts'
import type { ServiceName } from '../../src/local/service.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'

type Answer = { status?: number; error?: string; body?: unknown }
type Handler = (records: KafkaEventRecord[], event: KafkaEvent) => Promise<Answer> | Answer

/** Registers hooks that start services before the first test of a file and end them after the last. */
export function pollerScene(services: readonly ServiceName[]) {
  let stack: LocalStack
  let folder: string
  let server: Server
  let endpoint: string
  let admin: Admin
  let producer: Producer
  let bootstrapServers: string
  const handlers = new Map<string, Handler>()
  const pollers = new Set<Poller>()
  let names = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-event-source-'))
    stack = await startStack({
      folder,
      ports: await freePorts(),
      fresh: true,
      services,
      report: () => {},
    })
    bootstrapServers = stack.endpoints.kafka.bootstrapServers
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const name = /\/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? ''
      const event = JSON.parse(Buffer.concat(chunks).toString()) as KafkaEvent
      const answer = await (handlers.get(name)?.(Object.values(event.records).flat(), event) ?? { status: 404 })
      response.writeHead(answer.status ?? 200, answer.error ? { 'x-amz-function-error': answer.error } : {})
      response.end(JSON.stringify(answer.body ?? null))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await stack.allReady
    const kafka = connectKafka({ bootstrapServers, clientId: 'event-source-test' })
    admin = kafka.admin()
    producer = kafka.producer()
    await Promise.all([admin.connect(), producer.connect()])
  })

  afterEach(async () => {
    await Promise.all([...pollers].map((poller) => poller.stop()))
    pollers.clear()
  })

  afterAll(async () => {
    await Promise.allSettled([admin?.disconnect(), producer?.disconnect()])
    server?.closeAllConnections()
    server?.close()
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const newName = () => `case-${++names}`

  function propertiesOf(
    name: string,
    change: Partial<EventSourceMappingProperties> = {},
  ): EventSourceMappingProperties {
    return {
      FunctionName: name,
      Topics: [name],
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: [bootstrapServers] } },
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...change,
    }
  }

  async function start(
    name: string,
    change: Partial<EventSourceMappingProperties> = {},
    options: Partial<PollerOptions> = {},
  ) {
    const events: PollerEvent[] = []
    const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' }
    const poller = await startPoller({
      mappings: [parseMapping(name, propertiesOf(name, change))],
      invoker: lambdaInvoker({ endpoint, region: 'us-east-1', credentials }),
      report: (event) => events.push(event),
      ...options,
    })
    pollers.add(poller)
    return { poller, events, result: () => poller.status()[0]?.lastProcessingResult }
  }

  async function createTopic(topic: string, partitions: number) {
    await createTopics(admin, [{ topic, numPartitions: partitions }])
  }

  /** Sends numbers `from` to `to` exclusively, number modulo partitions being the partition. */
  async function produce(topic: string, partitions: number, from: number, to: number) {
    const messages = Array.from({ length: to - from }, (_, index) => {
      const number = from + index
      return { partition: number % partitions, key: `k${number}`, value: String(number) }
    })
    for (let start = 0; start < messages.length; start += 5_000) {
      await producer.send({ topic, messages: messages.slice(start, start + 5_000) })
    }
  }

  async function committed(name: string): Promise<Map<number, number>> {
    // The coordinator of a new group is not known everywhere at once.
    const ask = () => admin.fetchOffsets({ groupId: name, topics: [name] })
    const [group] = await vi.waitFor(ask, { timeout: 20_000, interval: 100 })
    return new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  /** Resolves once the group has committed these offsets, one per partition in order. */
  const waitForCommit = (name: string, offsets: readonly number[]) =>
    vi.waitFor(
      async () => expect([...(await committed(name))].sort(byPartition).map(([, offset]) => offset)).toEqual(offsets),
      {
        timeout: 30_000,
        interval: 100,
      },
    )
  const byPartition = (a: [number, number], b: [number, number]) => a[0] - b[0]

  /** Collects what a function gets, per partition in order of arrival. */
  function collect(name: string, answer: Handler = () => ({})) {
    const offsets = new Map<number, number[]>()
    handlers.set(name, async (records, event) => {
      for (const { partition, offset } of records) offsets.set(partition, [...(offsets.get(partition) ?? []), offset])
      return answer(records, event)
    })
    const total = () => [...offsets.values()].reduce((sum, list) => sum + list.length, 0)
    return { offsets, total }
  }

  return {
    stack: () => stack,
    endpoint: () => endpoint,
    admin: () => admin,
    producer: () => producer,
    bootstrapServers: () => bootstrapServers,
    handlers,
    newName,
    propertiesOf,
    start,
    createTopic,
    produce,
    committed,
    waitForCommit,
    collect,
  }
}

/** Resolves when the check passes; fails with its failure after 40 s. */
export const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 40_000, interval: 20 })
/** The number in a record. */
export const numberOf = (record: KafkaEventRecord) => Number(Buffer.from(record.value ?? '', 'base64'))
/** The answer that names these records as failed. */
export const failing = (records: readonly KafkaEventRecord[]): Answer => ({
  body: {
    batchItemFailures: records.map(({ topic, partition, offset }) => ({
      itemIdentifier: { partition: `${topic}-${partition}`, offset },
    })),
  },
})

/** So many numbers from `first` on. */
export const ascending = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index)
