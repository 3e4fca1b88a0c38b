/**
 * What src/connect/kafka-reader.ts and kafka-offsets.ts owe, against a real broker.
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { committedOffsets, offsetBounds, offsetsSince } from '../../../src/connect/kafka-offsets.ts'
import { readTopics, type TopicRecord } from '../../../src/connect/kafka-reader.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'
import { kafkaTools, place, record } from './kafka-tools.ts'

/** Tests of the reader and of offsets. */
export function kafkaReaderContract(endpoints: () => Endpoints): void {
  const tools = kafkaTools(endpoints)

  describe('the reader', () => {
    test('hands over what stands from the given offsets on, in order per partition, also what comes later', async () => {
      const { kafka, producer, newTopic } = tools()
      const topic = await newTopic(2)
      const values = Array.from({ length: 50 }, (_, index) => `value-${index}`)
      const positions = await producer.send(
        topic,
        values.map((value) => record(value, value)),
      )
      const seen: TopicRecord[] = []
      const reader = await readTopics(
        kafka,
        new Map([
          [
            topic,
            new Map([
              [0, 5],
              [1, 7],
            ]),
          ],
        ]),
        (each) => seen.push(each),
      )
      try {
        await reader.catchUp()
        const wanted = positions.filter(({ partition, offset }) => offset >= (partition === 0 ? 5 : 7))
        expect(seen.map(place).sort()).toEqual(wanted.map(place).sort())
        const [late] = await producer.send(topic, [record('late', 'late')])
        await reader.catchUp()
        expect(seen.at(-1)).toMatchObject(late ?? {})
        for (const partition of [0, 1]) {
          const offsets = seen.filter((each) => each.partition === partition).map(({ offset }) => offset)
          expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
          expect(new Set(offsets).size).toBe(offsets.length)
        }
      } finally {
        await reader.close()
      }
    })

    test('reads several topics, one of them empty, and leaves no group behind', async () => {
      const { kafka, admin, producer, newTopic } = tools()
      const [full, empty] = [await newTopic(1), await newTopic(3)]
      await producer.send(full, [record('k', 'v')])
      const seen: TopicRecord[] = []
      const from = new Map([
        [full, new Map([[0, 0]])],
        [empty, new Map()],
      ])
      const reader = await readTopics(kafka, from, (each) => seen.push(each))
      await reader.catchUp()
      await reader.close()
      expect(seen.map(({ topic }) => topic)).toEqual([full])
      const { groups } = await admin.listGroups()
      expect(groups.filter(({ groupId }) => groupId.startsWith('sluice-reader-'))).toEqual([])
    })

    test.each([
      ['some', 4, [4, 5]],
      ['all', 6, []],
    ])('goes on where retention removed %s of what it was to read', async (_, start, offsets) => {
      const { admin, producer, newTopic, read } = tools()
      const topic = await newTopic(1)
      await producer.send(
        topic,
        Array.from({ length: 6 }, (_, index) => record('k', String(index))),
      )
      // kafkajs deletes records only of a topic whose leaders it has looked up before.
      await offsetBounds(admin, topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(start) }] })
      expect((await read(topic, new Map([[0, 2]]))).map(({ offset }) => offset)).toEqual(offsets)
    })

    test('reads to an end that holds no record, as behind transactions', async () => {
      const { kafka, admin, newTopic, read } = tools()
      const topic = await newTopic(1)
      const transactionalId = `tests-${randomUUID()}`
      const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
      try {
        for (const [count, how] of (['commit', 'abort'] as const).entries()) {
          const transaction = await producer.transaction()
          await transaction.send({ topic, messages: [{ value: how }] })
          await transaction[how]()
          // The marker is written after the answer.
          const end = async () => (await offsetBounds(admin, topic)).end.get(0)
          await vi.waitFor(async () => expect(await end()).toBe(2 * count + 2), { timeout: 10_000 })
          expect((await read(topic)).map(({ value }) => String(value))).toEqual(['commit'])
        }
      } finally {
        await producer.disconnect()
      }
    })
  })

  describe('offsets', () => {
    test('of a topic are the first that it holds and the next one', async () => {
      const { admin, producer, newTopic } = tools()
      const topic = await newTopic(2)
      expect(await offsetBounds(admin, topic)).toEqual({
        start: new Map([
          [0, 0],
          [1, 0],
        ]),
        end: new Map([
          [0, 0],
          [1, 0],
        ]),
      })
      const positions = await producer.send(
        topic,
        Array.from({ length: 20 }, (_, index) => record(`k${index}`, 'v')),
      )
      const { start, end } = await offsetBounds(admin, topic)
      expect([...start.values()]).toEqual([0, 0])
      for (const [partition, next] of end) {
        expect(next).toBe(positions.filter((position) => position.partition === partition).length)
      }
    })

    test('since a time are those of the first record that is not older, or the end', async () => {
      const { admin, producer, newTopic } = tools()
      const topic = await newTopic(2)
      const times = [1_000, 2_000, 2_000, 3_000]
      const [first] = await producer.send(
        topic,
        times.map((timestamp) => record('k', 'v', { timestamp })),
      )
      const partition = first?.partition ?? -1
      const since = async (timestampMs: number) => (await offsetsSince(admin, topic, timestampMs)).get(partition)
      expect(await since(0)).toBe(0)
      expect(await since(1_001)).toBe(1)
      expect(await since(2_000)).toBe(1)
      expect(await since(2_001)).toBe(3)
      expect(await since(9_000)).toBe(4)
      expect((await offsetsSince(admin, topic, 0)).get(1 - partition)).toBe(0)
    })

    test('of a group are what it committed; a partition without a commit is absent', async () => {
      const { kafka, admin, producer, newTopic } = tools()
      const topic = await newTopic(3)
      const groupId = `tests-${randomUUID()}`
      expect(await committedOffsets(admin, groupId, topic)).toEqual(new Map())
      const records = Array.from({ length: 30 }, (_, index) => record(`k${index}`, 'v'))
      await producer.send(topic, records)
      const next = (await offsetBounds(admin, topic)).end.get(1) ?? 0
      expect(next).toBeGreaterThan(0)
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 })
      await consumer.connect()
      await consumer.subscribe({ topic })
      await consumer.run({ autoCommit: false, eachMessage: async () => {} })
      await consumer.commitOffsets([
        { topic, partition: 1, offset: String(next) },
        { topic, partition: 2, offset: '0' },
      ])
      await consumer.disconnect()
      expect(await committedOffsets(admin, groupId, topic)).toEqual(
        new Map([
          [1, next],
          [2, 0],
        ]),
      )
    })
  })
}
