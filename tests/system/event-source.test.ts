/**
 * The event source mapping poller against a real Kafka, with a real HTTP server that speaks the Invoke API where a
 * test decides what the function does, and with a function deployed on the emulator where it does not.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { Admin, Producer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import { type EventSourceMappingProperties, mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import type { KafkaEvent, KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import { loadMappings } from '../../src/event-source/mappings.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/event-source/poller.ts'
import type { PollerEvent } from '../../src/event-source/report.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { zip } from '../fixtures/zip.ts'

type Answer = { status?: number; error?: string; body?: unknown }
type Handler = (records: KafkaEventRecord[], event: KafkaEvent) => Promise<Answer> | Answer

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
    services: ['kafka', 'emulator'],
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

function propertiesOf(name: string, change: Partial<EventSourceMappingProperties> = {}): EventSourceMappingProperties {
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
  const [group] = await admin.fetchOffsets({ groupId: name, topics: [name] })
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

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 40_000, interval: 20 })
const numberOf = (record: KafkaEventRecord) => Number(Buffer.from(record.value ?? '', 'base64'))
const failing = (records: readonly KafkaEventRecord[]): Answer => ({
  body: {
    batchItemFailures: records.map(({ topic, partition, offset }) => ({
      itemIdentifier: { partition: `${topic}-${partition}`, offset },
    })),
  },
})

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

const ascending = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index)

test('all records of many partitions arrive once and in order', async () => {
  const name = newName()
  await createTopic(name, 6)
  await produce(name, 6, 0, 12_000)
  const { offsets, total } = collect(name)
  const { events, result } = await start(name)
  await until(() => expect(total()).toBe(12_000))
  for (let partition = 0; partition < 6; partition++) expect(offsets.get(partition)).toEqual(ascending(2_000))
  await waitForCommit(name, Array(6).fill(2_000))
  expect(result()).toBe('OK')
  const invoked = events.filter((event) => event.type === 'invoked')
  expect(Math.max(...invoked.map(({ records }) => records))).toBe(100)
  expect(invoked.every(({ outcome }) => outcome === 'success')).toBe(true)
})

test('key, value, headers and timestamps arrive as they were produced', async () => {
  const name = newName()
  await createTopic(name, 1)
  const seen: KafkaEvent[] = []
  handlers.set(name, (_, event) => {
    seen.push(event)
    return {}
  })
  await producer.send({
    topic: name,
    messages: [
      { key: null, value: null, timestamp: '1700000000000' },
      {
        key: 'ä',
        value: Buffer.from([0, 255]),
        headers: { a: ['1', '2'], b: Buffer.from([200]) },
        timestamp: '1700000000001',
      },
    ],
  })
  await start(name)
  const first = { topic: name, partition: 0, offset: 0, timestamp: 1700000000000, timestampType: 'CREATE_TIME' }
  await until(() => expect(seen.flatMap(({ records }) => records[`${name}-0`])).toHaveLength(2))
  expect(seen[0]?.eventSource).toBe('SelfManagedKafka')
  expect(seen[0]?.bootstrapServers).toBe(bootstrapServers)
  expect(seen.flatMap(({ records }) => records[`${name}-0`])).toEqual([
    { ...first, headers: [] },
    {
      ...first,
      offset: 1,
      timestamp: 1700000000001,
      key: 'w6Q=',
      value: 'AP8=',
      headers: [{ a: [49] }, { a: [50] }, { b: [-56] }],
    },
  ])
})

test('a partial answer brings back the failed records only, and all get settled', async () => {
  const name = newName()
  await createTopic(name, 3)
  await produce(name, 3, 0, 900)
  const attempts = new Map<number, number>()
  const ahead: string[] = []
  handlers.set(name, async (records) => {
    for (const record of records) attempts.set(numberOf(record), (attempts.get(numberOf(record)) ?? 0) + 1)
    const failed = records.filter((record) => numberOf(record) % 7 === 0 && (attempts.get(numberOf(record)) ?? 0) < 3)
    for (const { partition, offset } of failed) {
      const group = (await committed(name)).get(partition) ?? 0
      if (group > offset) ahead.push(`${partition}: committed ${group}, ${offset} open`)
    }
    return failing(failed)
  })
  await start(name)
  await waitForCommit(name, [300, 300, 300])
  for (let number = 0; number < 900; number++) expect(attempts.get(number)).toBe(number % 7 === 0 ? 3 : 1)
  expect(ahead).toEqual([])
})

test('a failing function gets the same batch until it succeeds, while other partitions go on', async () => {
  const name = newName()
  await createTopic(name, 2)
  const seen: number[][] = []
  let healed = false
  handlers.set(name, (records) => {
    if (records.some(({ partition }) => partition === 0)) {
      seen.push(records.map(({ offset }) => offset))
      if (!healed) return { error: 'Unhandled', body: { errorMessage: 'x' } }
    }
    return {}
  })
  const { events, result } = await start(name, { BatchSize: 4 })
  await until(() => expect(events.some(({ type }) => type === 'assigned')).toBe(true))
  await producer.send({ topic: name, messages: ascending(6).map((n) => ({ partition: 0, value: String(n) })) })
  await until(() => expect(seen.length).toBeGreaterThan(2))
  expect(result()).toBe('PROBLEM: the function failed: Unhandled')
  await producer.send({ topic: name, messages: ascending(50).map((n) => ({ partition: 1, value: String(n) })) })
  await until(async () => expect((await committed(name)).get(1)).toBe(50))
  expect((await committed(name)).get(0)).toBe(0)
  healed = true
  await waitForCommit(name, [6, 50])
  for (const offsets of seen.slice(0, -1)) expect(offsets).toEqual(seen[0])
  expect(seen.at(-1)?.at(-1)).toBe(5)
})

test('throttling and service failures are retried and are no attempts', async () => {
  const name = newName()
  await createTopic(name, 1)
  await produce(name, 1, 0, 3)
  const answers = [{ status: 429 }, { status: 500 }, { status: 503 }]
  handlers.set(name, () => answers.shift() ?? {})
  const { events } = await start(name)
  await waitForCommit(name, [3])
  const invoked = events.filter((event) => event.type === 'invoked')
  expect(invoked.map(({ outcome }) => outcome)).toEqual(['undelivered', 'undelivered', 'undelivered', 'success'])
  expect(invoked.every(({ attempt }) => attempt === 0)).toBe(true)
})

test('an orderly stop and a start deliver nothing twice, and the start does not wait for a session to end', async () => {
  const name = newName()
  await createTopic(name, 4)
  await produce(name, 4, 0, 4_000)
  const { offsets, total } = collect(name)
  const { poller } = await start(name)
  await until(() => expect(total()).toBeGreaterThan(500))
  await poller.stop()
  const atStop = total()
  expect(atStop).toBeLessThan(4_000)
  expect([...(await committed(name)).values()].reduce((sum, offset) => sum + offset)).toBe(atStop)
  const startedAt = performance.now()
  await start(name)
  await until(() => expect(total()).toBeGreaterThan(atStop))
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  await waitForCommit(name, [1_000, 1_000, 1_000, 1_000])
  for (let partition = 0; partition < 4; partition++) expect(offsets.get(partition)).toEqual(ascending(1_000))
})

test('a killed poller loses nothing, and has committed no further than the contiguous settled prefix', async () => {
  const name = newName()
  await createTopic(name, 4)
  await produce(name, 4, 0, 4_000)
  const settled = new Set<string>()
  const keyOf = ({ partition, offset }: KafkaEventRecord) => `${partition}:${offset}`
  let calls = 0
  let isHanging = false
  handlers.set(name, async (records) => {
    calls += 1
    if (calls > 12) {
      isHanging = true
      await new Promise(() => {})
    }
    const failed = records.filter((record) => numberOf(record) % 97 === 0 && calls < 10)
    for (const record of records) if (!failed.includes(record)) settled.add(keyOf(record))
    return failing(failed)
  })
  const argument = JSON.stringify({ id: name, properties: propertiesOf(name), endpoint })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'event-source-process.ts'), argument], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    await until(() => expect(isHanging).toBe(true))
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  for (const [partition, offset] of await committed(name)) {
    for (const below of ascending(Math.max(0, offset))) expect(settled).toContain(`${partition}:${below}`)
  }
  handlers.set(name, (records) => {
    for (const record of records) settled.add(keyOf(record))
    return {}
  })
  await start(name)
  await waitForCommit(name, [1_000, 1_000, 1_000, 1_000])
  expect(settled.size).toBe(4_000)
})

test('a second member takes over half of the partitions and nothing is lost or out of order', async () => {
  const name = newName()
  await createTopic(name, 4)
  const { offsets, total } = collect(name, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return {}
  })
  const first = await start(name, { BatchSize: 20 })
  await produce(name, 4, 0, 4_000)
  await until(() => expect(total()).toBeGreaterThan(200))
  const second = await start(name, { BatchSize: 20 })
  const owned = (poller: Poller) => poller.status()[0]?.partitions.map(({ partition }) => partition) ?? []
  await until(() => expect(owned(second.poller)).toHaveLength(2))
  expect([...owned(first.poller), ...owned(second.poller)].sort()).toEqual([0, 1, 2, 3])
  await produce(name, 4, 4_000, 4_400)
  await waitForCommit(name, [1_100, 1_100, 1_100, 1_100])
  for (let partition = 0; partition < 4; partition++) {
    expect([...new Set(offsets.get(partition))]).toEqual(ascending(1_100))
  }
  await second.poller.stop()
  await produce(name, 4, 4_400, 4_800)
  await waitForCommit(name, [1_200, 1_200, 1_200, 1_200])
})

test('a topic that does not exist yet is waited for', async () => {
  const name = newName()
  const { total } = collect(name)
  const { poller, result } = await start(name)
  await until(() => expect(result()).toBe(`PROBLEM: topic "${name}" does not exist at ${bootstrapServers}`))
  expect(poller.status()[0]?.state).toBe('Creating')
  await createTopic(name, 1)
  await produce(name, 1, 0, 10)
  await until(() => expect(total()).toBe(10))
  expect(poller.status()[0]?.state).toBe('Enabled')
})

test('LATEST skips what was there at the first start, and nothing after it', async () => {
  const name = newName()
  await createTopic(name, 2)
  await produce(name, 2, 0, 10)
  const { offsets, total } = collect(name)
  const { poller } = await start(name, { StartingPosition: 'LATEST' })
  await waitForCommit(name, [5, 5])
  await poller.stop()
  await produce(name, 2, 10, 20)
  await start(name, { StartingPosition: 'LATEST' })
  await until(() => expect(total()).toBe(10))
  expect(offsets.get(0)).toEqual(ascending(5, 5))
})

test('partitions that are added later are read from their beginning', async () => {
  const name = newName()
  await createTopic(name, 1)
  const { offsets } = collect(name)
  await start(name, { StartingPosition: 'LATEST' })
  await waitForCommit(name, [0])
  await admin.createPartitions({ topicPartitions: [{ topic: name, count: 3 }] })
  const other = connectKafka({ bootstrapServers, clientId: 'event-source-test' }).producer()
  await other.connect()
  await other.send({ topic: name, messages: [0, 1, 2].map((partition) => ({ partition, value: 'x' })) })
  await other.disconnect()
  await until(() => expect([...offsets.keys()].sort()).toEqual([0, 1, 2]))
})

test('markers of transactions are committed over, and aborted records are left out', async () => {
  const name = newName()
  await createTopic(name, 1)
  const { offsets, total } = collect(name)
  const transactional = connectKafka({ bootstrapServers, clientId: 'event-source-test' }).producer({
    transactionalId: name,
    maxInFlightRequests: 1,
    idempotent: true,
  })
  await transactional.connect()
  for (const end of ['commit', 'abort', 'commit', 'abort'] as const) {
    const transaction = await transactional.transaction()
    await transaction.send({ topic: name, messages: [{ value: '1' }, { value: '2' }] })
    await transaction[end]()
  }
  await transactional.disconnect()
  await start(name)
  await until(() => expect(total()).toBe(4))
  expect(offsets.get(0)).toEqual([0, 1, 6, 7])
  await waitForCommit(name, [12])
})

test('records that retention has deleted are passed over and reported', async () => {
  const name = newName()
  await createTopic(name, 1)
  await produce(name, 1, 0, 10)
  const { offsets, total } = collect(name)
  const { poller } = await start(name)
  await waitForCommit(name, [10])
  await poller.stop()
  await produce(name, 1, 10, 30)
  await admin.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: '20' }] })
  const { events } = await start(name)
  await until(() => expect(total()).toBe(20))
  expect(offsets.get(0)?.slice(10)).toEqual(ascending(10, 20))
  expect(events.filter(({ type }) => type === 'moved')).toMatchObject([{ partition: 0, from: 10, to: 20 }])
})

test('Kafka may be killed and come back: nothing is lost', async () => {
  const name = newName()
  await createTopic(name, 3)
  await produce(name, 3, 0, 3_000)
  const { offsets, total } = collect(name)
  const { events } = await start(name, { BatchSize: 50 })
  await until(() => expect(total()).toBeGreaterThan(300))
  await stack.service('kafka').kill('SIGKILL')
  await until(() => expect(events.some((e) => e.type === 'state' && e.result.startsWith('PROBLEM: Kafka'))).toBe(true))
  await stack.service('kafka').start()
  await produce(name, 3, 3_000, 3_300)
  await waitForCommit(name, [1_100, 1_100, 1_100])
  for (let partition = 0; partition < 3; partition++) {
    expect([...new Set(offsets.get(partition))].sort((a, b) => a - b)).toEqual(ascending(1_100))
  }
})

test('a deployed function gets the records of a mapping that is deployed as an SSM parameter', async () => {
  const name = newName()
  await createTopic(name, 2)
  const config = awsConfig(stack.endpoints.aws)
  const lambda = new LambdaClient(config)
  const source = `exports.handler = async (event) => {
    const records = Object.values(event.records).flat()
    if (records.some(({ value }) => Buffer.from(value, 'base64').toString() === 'crash')) throw new Error('crash')
    const failed = records.filter(({ offset }) => offset === 3 && !globalThis.tried)
    globalThis.tried ||= failed.length > 0
    return { batchItemFailures: failed.map(({ topic, partition, offset }) =>
      ({ itemIdentifier: { partition: topic + '-' + partition, offset } })) }
  }`
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x' as 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/r',
      Handler: 'index.handler',
      Code: { ZipFile: zip('index.js', Buffer.from(source)) },
      Timeout: 30,
    }),
  )
  await until(async () => {
    const { State } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
    expect(State).toBe('Active')
  })
  const ssm = new SSMClient(config)
  for (const id of [name, ...ascending(12).map((n) => `${name}-${n}`)]) {
    const Value = JSON.stringify(propertiesOf(name, { Enabled: id === name, BatchSize: 5 }))
    await ssm.send(new PutParameterCommand({ Name: mappingParameterPath + id, Type: 'String', Value }))
  }
  const mappings = await loadMappings(ssm)
  expect(mappings).toHaveLength(13)
  await produce(name, 2, 0, 40)
  const events: PollerEvent[] = []
  const invoker = lambdaInvoker(config)
  const poller = await startPoller({ mappings, invoker, report: (event) => events.push(event) })
  pollers.add(poller)
  await waitForCommit(name, [20, 20])
  expect(poller.status().map(({ state }) => state)).toEqual(['Enabled', ...Array(12).fill('Disabled')])
  const invoked = () => events.filter((event) => event.type === 'invoked')
  expect(invoked().filter(({ outcome }) => outcome === 'partial').length).toBeGreaterThan(0)
  await producer.send({ topic: name, messages: [{ partition: 0, value: 'crash' }] })
  await until(() => expect(invoked().some(({ outcome }) => outcome === 'function-error')).toBe(true))
  expect((await committed(name)).get(0)).toBe(20)
})
