/**
 * What a function gets: the form of the event.
 */
import type { Message } from 'kafkajs'
import { expect } from 'vitest'
import type { KafkaEvent, KafkaEventRecord } from '../../../src/core/kafka-event.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'
import { type ConformanceCase, pages } from '../case.ts'
import { type Scene, until } from '../scene.ts'

/** Produces one message and answers the event and the record that come of it. */
async function eventOf(scene: Scene, message: Message, config: Record<string, string> = {}) {
  await scene.createTopic(1, config)
  await scene.send([message])
  await scene.start('echo')
  await until(() => expect(scene.invocations()).toHaveLength(1))
  const event = scene.invocations()[0]?.event as KafkaEvent
  return { event, record: scene.records()[0] as KafkaEventRecord }
}

const recordCase = (
  behaviour: string,
  source: string,
  message: Message,
  check: (record: KafkaEventRecord) => void,
  config: Record<string, string> = {},
): ConformanceCase => ({
  behaviour,
  source,
  feature: 'event',
  run: async (scene) => check((await eventOf(scene, message, config)).record),
})

export const eventCases: readonly ConformanceCase[] = [
  {
    behaviour: 'a self-managed source is named SelfManagedKafka and has no ARN',
    source: pages.event,
    feature: 'event',
    async run(scene) {
      const { event } = await eventOf(scene, { value: 'a' })
      expect(event.eventSource).toBe('SelfManagedKafka')
      expect(event).not.toHaveProperty('eventSourceArn')
    },
  },
  {
    behaviour: 'bootstrap servers are one text, joined by commas',
    source: pages.event,
    feature: 'event',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a'])
      const servers = [scene.env.bootstrapServers, scene.env.bootstrapServers.replace('127.0.0.1', 'localhost')]
      await scene.start('echo', { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: servers } } })
      await until(() => expect(scene.invocations()[0]?.event.bootstrapServers).toBe(servers.join(',')))
    },
  },
  {
    behaviour: 'records are grouped by topic-partition, also when the topic has hyphens',
    source: pages.event,
    feature: 'event',
    async run(scene) {
      const { event, record } = await eventOf(scene, { value: 'a' })
      expect(Object.keys(event.records)).toEqual([`${scene.topic}-0`])
      expect(record).toMatchObject({ topic: scene.topic, partition: 0, offset: 0 })
    },
  },
  {
    behaviour: 'a cluster of MSK is named aws:kafka with its ARN, and its brokers are found when they can be',
    source: 'Using Lambda with Amazon MSK',
    feature: 'event',
    async run(scene) {
      const EventSourceArn = 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1'
      await scene.createTopic()
      await scene.produce(['a'])
      let looks = 0
      const bootstrapServersOf = async (arn: string) => {
        looks += 1
        if (looks < 3) throw new Error('not now')
        expect(arn).toBe(EventSourceArn)
        return [scene.env.bootstrapServers]
      }
      const { SelfManagedEventSource: _, ...rest } = scene.properties('echo')
      const mappings = [parseMapping(scene.topic, { ...rest, EventSourceArn })]
      await scene.start('echo', {}, { bootstrapServersOf, mappings, settings: { managedWithoutAccess: 'plaintext' } })
      await scene.committed(1)
      expect(scene.invocations()[0]?.event).toMatchObject({
        eventSource: 'aws:kafka',
        eventSourceArn: EventSourceArn,
        bootstrapServers: scene.env.bootstrapServers,
      })
      expect(scene.status().metrics.PollingErrorCount).toBeGreaterThanOrEqual(2)
    },
  },
  recordCase('key and value are base64 of their bytes', pages.event, { key: Buffer.from([0, 255]), value: 'ä' }, (r) =>
    expect([r.key, r.value]).toEqual(['AP8=', 'w6Q=']),
  ),
  recordCase('a null key is left out', pages.inferred, { key: null, value: 'a' }, (record) =>
    expect(record).not.toHaveProperty('key'),
  ),
  recordCase('an empty key is an empty text', pages.inferred, { key: '', value: 'a' }, ({ key }) =>
    expect(key).toBe(''),
  ),
  recordCase(
    'a record without a value reaches the function without one',
    pages.inferred,
    { key: 'k', value: null },
    (r) => expect(r).not.toHaveProperty('value'),
  ),
  recordCase(
    'headers are objects of one key and a list of bytes, a repeated one repeated, in order',
    pages.event,
    { value: 'a', headers: { a: ['1', '2'], b: 'x' } },
    ({ headers }) => expect(headers).toEqual([{ a: [49] }, { a: [50] }, { b: [120] }]),
  ),
  recordCase('header bytes are signed', pages.inferred, { value: 'a', headers: { a: Buffer.from([200]) } }, (record) =>
    expect(record.headers).toEqual([{ a: [-56] }]),
  ),
  recordCase('header names may hold any text', pages.event, { value: 'a', headers: { 'ä"': '1' } }, ({ headers }) =>
    expect(headers).toEqual([{ 'ä"': [49] }]),
  ),
  recordCase('a record without headers has an empty list', pages.event, { value: 'a' }, ({ headers }) =>
    expect(headers).toEqual([]),
  ),
  recordCase(
    'the time is that of the producer, in ms, with its type',
    pages.event,
    { value: 'a', timestamp: '1545084650987' },
    (record) => expect(record).toMatchObject({ timestamp: 1545084650987, timestampType: 'CREATE_TIME' }),
  ),
  recordCase(
    'a time that the broker set has the other type',
    pages.event,
    { value: 'a', timestamp: '1545084650987' },
    ({ timestamp, timestampType }) => {
      expect(timestampType).toBe('LOG_APPEND_TIME')
      expect(timestamp).toBeGreaterThan(1545084650987)
    },
    { 'message.timestamp.type': 'LogAppendTime' },
  ),
]
