/**
 * Order, concurrency and commits.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { onceTopicsAreKnown, until } from '../scene.ts'

const texts = (count: number, first = 0) => Array.from({ length: count }, (_, index) => `v${first + index}`)

export const orderCases: readonly ConformanceCase[] = [
  {
    behaviour: 'records of a partition come in order, once',
    source: pages.kafka,
    feature: 'order',
    async run(scene) {
      await scene.createTopic(2)
      for (const partition of [0, 1]) await scene.produce(texts(300), partition)
      await scene.start('echo', { BatchSize: 20 })
      await scene.committed(300, 300)
      for (const partition of [0, 1]) {
        const offsets = scene.records().filter((r) => r.partition === partition)
        expect(offsets.map(({ offset }) => offset)).toEqual(texts(300).map((_, offset) => offset))
      }
    },
  },
  {
    behaviour: 'a partition has one invocation at a time',
    source: pages.kafka,
    feature: 'order',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(3))
      await scene.start('slow', { BatchSize: 1 })
      await scene.committed(3)
      const [begins, ends] = [scene.invocations().map(({ began }) => began), scene.ends()]
      for (const [index, end] of ends.slice(0, -1).entries()) expect(begins[index + 1]).toBeGreaterThanOrEqual(end)
    },
  },
  {
    behaviour: 'partitions are invoked for at the same time',
    source: pages.scaling,
    feature: 'concurrency',
    async run(scene) {
      await scene.createTopic(2)
      for (const partition of [0, 1]) await scene.produce(texts(1), partition)
      await scene.start('slow', { BatchSize: 1 })
      await scene.committed(1, 1)
      const [, second = 0] = scene.invocations().map(({ began }) => began)
      expect(second).toBeLessThan(Math.min(...scene.ends()))
    },
  },
  {
    behaviour: 'at most five invocations run at once',
    source: pages.scaling,
    feature: 'concurrency',
    async run(scene) {
      await scene.createTopic(7)
      for (let partition = 0; partition < 7; partition += 1) await scene.produce(texts(1), partition)
      await scene.start('slow', { BatchSize: 1 })
      await until(() => expect(scene.status().invocationsInFlight).toBe(5))
      await scene.committed(1, 1, 1, 1, 1, 1, 1)
      const marks = [...scene.invocations().map(({ began }) => [began, 1]), ...scene.ends().map((at) => [at, -1])]
      let [running, most] = [0, 0]
      for (const [, step = 0] of marks.sort(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y)) {
        running += step
        most = Math.max(most, running)
      }
      expect(most).toBeLessThanOrEqual(5)
    },
  },
  {
    behaviour: 'a partition whose records fail holds back no other',
    source: pages.kafka,
    feature: 'order',
    async run(scene) {
      await scene.createTopic(2)
      await scene.produce(['bad'], 0)
      await scene.start('fail')
      await until(() => expect(scene.invocations().length).toBeGreaterThan(1))
      await scene.produce(texts(5), 1)
      await scene.committed(0, 5)
    },
  },
  {
    behaviour: 'records behind a failing one wait for it',
    source: pages.kafka,
    feature: 'order',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['bad', 'good'])
      await scene.start('fail', { BatchSize: 1 })
      await until(() => expect(scene.invocations().length).toBeGreaterThan(2))
      expect(new Set(scene.batches().flat())).toEqual(new Set(['bad']))
    },
  },
  {
    behaviour: 'nothing is committed before the function has succeeded',
    source: pages.kafka,
    feature: 'commit',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(2))
      await scene.start('slow')
      await until(() => expect(scene.invocations()).toHaveLength(1))
      expect(await scene.offset()).toBe(0)
      await scene.committed(2)
      expect(scene.ends()).toHaveLength(1)
    },
  },
  {
    behaviour: 'a mapping that begins again goes on where its group stands',
    source: pages.polling,
    feature: 'commit',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(10))
      const poller = await scene.start('echo')
      await scene.committed(10)
      await poller.stop()
      await scene.produce(texts(5, 10))
      await scene.start('echo')
      await scene.committed(15)
      expect(scene.batches().flat()).toEqual(texts(15))
    },
  },
  {
    behaviour: 'the group is named as the mapping says, and its offsets are used',
    source: pages.group,
    feature: 'commit',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(6))
      const groupId = `${scene.topic}:group`
      const partitions = [{ partition: 0, offset: '4' }]
      await onceTopicsAreKnown(() => scene.env.admin.setOffsets({ groupId, topic: scene.topic, partitions }))
      await scene.start('echo', { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: groupId } })
      await until(() => expect(scene.batches().flat()).toEqual(['v4', 'v5']))
    },
  },
  {
    behaviour: 'aborted records are left out and markers are committed over',
    source: pages.inferred,
    feature: 'commit',
    async run(scene) {
      await scene.createTopic()
      const { kafka } = scene.env
      const producer = kafka.producer({ transactionalId: scene.topic, maxInFlightRequests: 1, idempotent: true })
      await producer.connect()
      for (const end of ['commit', 'abort'] as const) {
        const transaction = await producer.transaction()
        await transaction.send({ topic: scene.topic, messages: [{ value: end }] })
        await transaction[end]()
      }
      await producer.disconnect()
      await scene.start('echo')
      await scene.committed(4)
      expect(scene.batches().flat()).toEqual(['commit'])
    },
  },
]
