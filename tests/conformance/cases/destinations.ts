/**
 * On-failure destinations: what they get, and when.
 */
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { createTopics } from '../../../src/connect/kafka-topics.ts'
import { type ConformanceCase, pages } from '../case.ts'
import type { Environment } from '../environment.ts'
import { readTopic } from '../read-topic.ts'
import { type Change, onceTopicsAreKnown, type Scene, until } from '../scene.ts'

const to = (Destination: string): Change => ({ DestinationConfig: { OnFailure: { Destination } } })
const givingUp: Change = { MaximumRetryAttempts: 0, MaximumBatchingWindowInSeconds: 1 }
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

// biome-ignore lint/suspicious/noExplicitAny: the records are compared field by field.
type FailureRecord = any

/** A queue, its ARN, and all messages that it gets. */
async function createQueue({ sqs, aws }: Environment, QueueName: string) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }))
  const bodies: string[] = []
  const receive = async (count: number) => {
    await until(async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      bodies.push(...Messages.map(({ Body }) => Body ?? ''))
      expect(bodies).toHaveLength(count)
    })
    return bodies.map((body): FailureRecord => JSON.parse(body))
  }
  return { arn: `arn:aws:sqs:${aws.region}:${aws.accountId}:${QueueName}`, receive }
}

async function createBucket({ s3 }: Environment, Bucket: string) {
  await s3.send(new CreateBucketCommand({ Bucket }))
  const read = async (count: number) => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents).toHaveLength(count)
    const bodies = Contents.map(async ({ Key = '' }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return { key: Key, record: JSON.parse((await Body?.transformToString()) ?? '') as FailureRecord }
    })
    return Promise.all(bodies)
  }
  return { arn: `arn:aws:s3:::${Bucket}`, read }
}

/** Has the batch of one bad record given up to a queue and answers what the queue gets. */
async function queueRecord(scene: Scene, values: string[], change: Change = {}, name = 'fail') {
  const queue = await createQueue(scene.env, scene.topic)
  await scene.createTopic()
  await scene.produce(values)
  await scene.start(name, { ...givingUp, ...to(queue.arn), ...change })
  await scene.committed(values.length)
  return (await queue.receive(1))[0]
}

const queueCase = (
  behaviour: string,
  feature: ConformanceCase['feature'],
  source: string,
  change: Change,
  check: (record: FailureRecord, scene: Scene) => void,
  name = 'fail',
): ConformanceCase => ({
  behaviour,
  source,
  feature,
  run: async (scene) => check(await queueRecord(scene, ['good', 'bad'], change, name), scene),
})

async function createDestinationTopic(scene: Scene, partitions = 1) {
  const topic = `${scene.topic}-failed`
  await onceTopicsAreKnown(() => createTopics(scene.env.admin, [{ topic, numPartitions: partitions }]))
  return topic
}

const largeRecords = { 'max.message.bytes': '20000000' }

export const destinationCases: readonly ConformanceCase[] = [
  queueCase(
    'a queue gets one message a batch, with metadata only',
    'destinations',
    pages.onFailure,
    {},
    (record, { env, topic }) => {
      expect(record).toEqual({
        requestContext: {
          requestId: expect.any(String),
          functionArn: `arn:aws:lambda:${env.aws.region}:${env.aws.accountId}:function:fail`,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 1,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: expect.stringMatching(iso),
        KafkaBatchInfo: {
          batchSize: 2,
          bootstrapServers: env.bootstrapServers,
          payloadSize: expect.any(Number),
          recordsInfo: {
            [`${topic}-0`]: {
              firstRecordOffset: '0',
              lastRecordOffset: '1',
              firstRecordTimestamp: expect.stringMatching(iso),
              lastRecordTimestamp: expect.stringMatching(iso),
            },
          },
        },
      })
    },
  ),
  queueCase('the payload size is that of the event', 'destinations', pages.onFailure, {}, (record, scene) => {
    const [invocation] = scene.invocations()
    expect(record.KafkaBatchInfo.payloadSize).toBe(Buffer.byteLength(JSON.stringify(invocation?.event)))
  }),
  queueCase(
    'the invocations of a batch are counted',
    'destinations',
    pages.onFailure,
    { MaximumRetryAttempts: 2 },
    ({ requestContext }) => expect(requestContext.approximateInvokeCount).toBe(3),
  ),
  queueCase(
    'retries without end are capped at ten where there is a destination',
    'retries',
    pages.errors,
    { MaximumRetryAttempts: -1 },
    (record, scene) => {
      expect(scene.invocations()).toHaveLength(11)
      expect(record.requestContext.approximateInvokeCount).toBe(11)
    },
  ),
  queueCase(
    'more retries than ten are made when they are asked for',
    'retries',
    pages.errors,
    { MaximumRetryAttempts: 12 },
    (_, scene) => expect(scene.invocations()).toHaveLength(13),
  ),
  queueCase(
    'with halves, only the bad record goes to the destination',
    'bisect',
    pages.errors,
    { BisectBatchOnFunctionError: true },
    ({ KafkaBatchInfo }) => expect(KafkaBatchInfo.batchSize).toBe(1),
  ),
  queueCase(
    'records that a partial answer names go alone, without a function error',
    'partial response',
    pages.errors,
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    ({ KafkaBatchInfo, responseContext }) => {
      expect(KafkaBatchInfo.batchSize).toBe(1)
      expect(responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST' })
    },
    'partial',
  ),
  {
    behaviour: 'a batch of several partitions names each of them',
    source: pages.onFailure,
    feature: 'destinations',
    async run(scene) {
      const queue = await createQueue(scene.env, scene.topic)
      await scene.createTopic(2)
      await scene.produce(['bad'], 0)
      await scene.produce(['a', 'b'], 1)
      await scene.start('fail', { ...givingUp, ...to(queue.arn), MaximumBatchingWindowInSeconds: 3 })
      await scene.committed(1, 2)
      const [record] = await queue.receive(1)
      expect(Object.keys(record.KafkaBatchInfo.recordsInfo).sort()).toEqual([`${scene.topic}-0`, `${scene.topic}-1`])
      expect(record.KafkaBatchInfo.recordsInfo[`${scene.topic}-1`]).toMatchObject({ lastRecordOffset: '1' })
    },
  },
  {
    behaviour: 'an SNS topic gets the same record as a queue',
    source: pages.onFailure,
    feature: 'destinations',
    async run(scene) {
      const { sns } = scene.env
      const queue = await createQueue(scene.env, scene.topic)
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: scene.topic }))
      const Attributes = { RawMessageDelivery: 'true' }
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes }))
      await scene.createTopic()
      await scene.produce(['bad'])
      await scene.start('fail', { ...givingUp, ...to(TopicArn) })
      await scene.committed(1)
      const [record] = await queue.receive(1)
      expect(record).toMatchObject({ version: '1.0', KafkaBatchInfo: { batchSize: 1 } })
      expect(record).not.toHaveProperty('payload')
    },
  },
  {
    behaviour: 'a bucket gets the event too, as a text',
    source: pages.onFailure,
    feature: 'destinations',
    async run(scene) {
      const bucket = await createBucket(scene.env, scene.topic)
      await scene.createTopic()
      await scene.produce(['bad'])
      await scene.start('fail', { ...givingUp, ...to(bucket.arn) })
      await scene.committed(1)
      const [object] = await bucket.read(1)
      expect(object?.record).toMatchObject({ requestContext: { condition: 'RetryAttemptsExhausted' } })
      expect(JSON.parse(object?.record.payload)).toEqual(scene.invocations()[0]?.event)
      expect(object?.key).toMatch(new RegExp(`^aws/lambda/${scene.topic}/${scene.topic}-0/\\d{4}/\\d\\d/\\d\\d/[^/]+$`))
    },
  },
  {
    behaviour: 'a topic of the cluster gets one message a record, with the record and its key',
    source: pages.onFailureTopic,
    feature: 'destinations',
    async run(scene) {
      const topic = await createDestinationTopic(scene)
      await scene.createTopic()
      await scene.send([
        { partition: 0, key: 'k1', value: 'bad' },
        { partition: 0, key: 'k2', value: 'b' },
      ])
      await scene.start('fail', { ...givingUp, ...to(`kafka://${topic}`) })
      await scene.committed(2)
      const messages = await readTopic(scene.env, topic, 2)
      expect(messages.map(({ key }) => key?.toString())).toEqual(['k1', 'k2'])
      const [first, second] = messages.map(({ value }): FailureRecord => JSON.parse(String(value)))
      expect(first.KafkaBatchInfo).toMatchObject({ batchSize: 1, recordInfo: { offset: '0' } })
      expect(second.KafkaBatchInfo.recordInfo).toEqual({ offset: '1', timestamp: expect.stringMatching(iso) })
      const event = scene.invocations()[0]?.event
      expect(first.payload).toEqual({
        ...event,
        records: { [`${scene.topic}-0`]: [event?.records[`${scene.topic}-0`]?.[0]] },
      })
    },
  },
  {
    behaviour: 'at a topic the condition of exhausted retries is RetriesExhausted',
    source: pages.onFailureTopic,
    feature: 'conditions',
    async run(scene) {
      const topic = await createDestinationTopic(scene)
      await scene.createTopic()
      await scene.produce(['bad'])
      await scene.start('fail', { ...givingUp, ...to(`kafka://${topic}`) })
      await scene.committed(1)
      const [message] = await readTopic(scene.env, topic, 1)
      expect(JSON.parse(String(message?.value)).requestContext.condition).toBe('RetriesExhausted')
    },
  },
  {
    behaviour: 'records without a key have none at the topic either',
    source: pages.onFailureTopic,
    feature: 'destinations',
    async run(scene) {
      const topic = await createDestinationTopic(scene, 2)
      await scene.createTopic()
      await scene.produce(['bad', 'b', 'c', 'd'])
      await scene.start('fail', { ...givingUp, ...to(`kafka://${topic}`) })
      await scene.committed(4)
      const messages = await readTopic(scene.env, topic, 4)
      expect(messages.map(({ key }) => key)).toEqual([null, null, null, null])
    },
  },
  {
    behaviour: 'the source topic is refused as destination',
    source: pages.onFailureTopic,
    feature: 'destinations',
    async run(scene) {
      const started = scene.start('echo', to(`kafka://${scene.topic}`))
      await expect(started).rejects.toThrow('a topic that is not the source')
    },
  },
  {
    behaviour: 'nothing is committed before the destination has it: a missing queue is waited for',
    source: pages.inferred,
    feature: 'destination first',
    async run(scene) {
      const { aws } = scene.env
      await scene.createTopic()
      await scene.produce(['bad', 'good'])
      const arn = `arn:aws:sqs:${aws.region}:${aws.accountId}:${scene.topic}`
      await scene.start('fail', { ...givingUp, ...to(arn), BatchSize: 1 })
      await until(() => expect(scene.eventsOf('destination-failed').length).toBeGreaterThan(1))
      expect(await scene.offset()).toBe(0)
      expect(scene.batches()).toEqual([['bad']])
      expect(scene.status().lastProcessingResult).toMatch(/^PROBLEM: the on-failure destination did not take 1 records/)
      const queue = await createQueue(scene.env, scene.topic)
      await scene.committed(2)
      expect(await queue.receive(1)).toHaveLength(1)
      expect(scene.status().metrics.OnFailureDestinationDeliveryErrorCount).toBeGreaterThan(1)
    },
  },
  {
    behaviour: 'nothing is committed before the destination has it: a missing topic is waited for',
    source: pages.onFailureTopic,
    feature: 'destination first',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['bad'])
      await scene.start('fail', { ...givingUp, ...to(`kafka://${scene.topic}-failed`) })
      await until(() => expect(scene.eventsOf('destination-failed').length).toBeGreaterThan(0))
      expect(await scene.offset()).toBe(0)
      const topic = await createDestinationTopic(scene)
      await scene.committed(1)
      expect(await readTopic(scene.env, topic, 1)).toHaveLength(1)
    },
  },
  {
    behaviour: 'a missing bucket is waited for, and other partitions go on',
    source: pages.inferred,
    feature: 'destination first',
    async run(scene) {
      await scene.createTopic(2)
      await scene.produce(['bad'], 0)
      await scene.start('fail', { ...givingUp, ...to(`arn:aws:s3:::${scene.topic}`), BatchSize: 1 })
      await until(() => expect(scene.eventsOf('destination-failed').length).toBeGreaterThan(0))
      await scene.produce(['good'], 1)
      await scene.committed(0, 1)
      const bucket = await createBucket(scene.env, scene.topic)
      await scene.committed(1, 1)
      expect(await bucket.read(1)).toHaveLength(1)
    },
  },
  {
    behaviour: 'a record that no payload can hold goes to the destination as MaximumPayloadSizeExceeded',
    source: pages.onFailure,
    feature: 'conditions',
    async run(scene) {
      const bucket = await createBucket(scene.env, scene.topic)
      await scene.createTopic(1, largeRecords)
      await scene.produce(['a'])
      await scene.produce(['x'.repeat(5_000_000)])
      await scene.produce(['c'])
      await scene.start('echo', to(bucket.arn))
      await scene.committed(3)
      expect(scene.batches()).toEqual([['a'], ['c']])
      const [object] = await bucket.read(1)
      expect(object?.record).toMatchObject({
        requestContext: { condition: 'MaximumPayloadSizeExceeded', approximateInvokeCount: 0 },
        responseContext: null,
        KafkaBatchInfo: { batchSize: 1 },
      })
    },
  },
  {
    behaviour: 'without a destination such a record holds its partition and is reported',
    source: pages.inferred,
    feature: 'conditions',
    async run(scene) {
      await scene.createTopic(2, largeRecords)
      await scene.produce(['x'.repeat(5_000_000)])
      await scene.start('echo')
      await until(() =>
        expect(scene.status().lastProcessingResult).toMatch(/^PROBLEM: partition 0 is held at offset 0/),
      )
      await scene.produce(['b'], 1)
      await scene.committed(0, 1)
    },
  },
  {
    behaviour: 'records that are too old go to the destination, never invoked',
    source: pages.onFailureTopic,
    feature: 'record age',
    async run(scene) {
      const queue = await createQueue(scene.env, scene.topic)
      await scene.createTopic()
      await scene.send([{ partition: 0, value: 'a', timestamp: String(Date.now() - 120_000) }])
      await scene.start('echo', { ...to(queue.arn), MaximumRecordAgeInSeconds: 60 })
      await scene.committed(1)
      const [record] = await queue.receive(1)
      expect(record).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' }, responseContext: null })
      expect(scene.invocations()).toEqual([])
    },
  },
]
