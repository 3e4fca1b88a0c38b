/**
 * The event source mapping poller against a real Kafka: order, failures, group membership, and a deployed function.
 * AWS's semantics case by case: tests/conformance.
 */
import { CreateFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { loadMappings } from '../../src/event-source/mappings.ts'
import type { Poller } from '../../src/event-source/poller.ts'
import { zip } from '../fixtures/zip.ts'
import { ascending, failing, numberOf, pollerScene, until } from './event-source-scene.ts'

const scene = pollerScene(['kafka', 'emulator'])
const { handlers, newName, propertiesOf, start, createTopic, produce, committed, waitForCommit, collect } = scene

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
  await scene.producer().send({ topic: name, messages: ascending(6).map((n) => ({ partition: 0, value: String(n) })) })
  await until(() => expect(seen.length).toBeGreaterThan(2))
  expect(result()).toBe('PROBLEM: the function failed: Unhandled')
  await scene.producer().send({ topic: name, messages: ascending(50).map((n) => ({ partition: 1, value: String(n) })) })
  await until(async () => expect((await committed(name)).get(1)).toBe(50))
  expect((await committed(name)).get(0)).toBe(0)
  healed = true
  await waitForCommit(name, [6, 50])
  for (const offsets of seen.slice(0, -1)) expect(offsets).toEqual(seen[0])
  expect(seen.at(-1)?.at(-1)).toBe(5)
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

test('a deployed function gets the records of a mapping that is deployed as an SSM parameter', async () => {
  const name = newName()
  await createTopic(name, 2)
  const config = awsConfig(scene.stack().endpoints.aws)
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
  const { poller, events } = await start(name, {}, { mappings, invoker: lambdaInvoker(config) })
  await waitForCommit(name, [20, 20])
  expect(poller.status().map(({ state }) => state)).toEqual(['Enabled', ...Array(12).fill('Disabled')])
  const invoked = () => events.filter((event) => event.type === 'invoked')
  expect(invoked().filter(({ outcome }) => outcome === 'partial').length).toBeGreaterThan(0)
  await scene.producer().send({ topic: name, messages: [{ partition: 0, value: 'crash' }] })
  await until(() => expect(invoked().some(({ outcome }) => outcome === 'function-error')).toBe(true))
  expect((await committed(name)).get(0)).toBe(20)
})
