/**
 * What every way to connect to Kafka owes: topics, produce, consume, commit, offsets and reading, once around.
 */
import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { kafkaConsumer } from '../../../src/connect/kafka-consumer.ts'
import type { ConsumedRecord, ConsumerOptions, ConsumerReader } from '../../../src/connect/kafka-consumer-port.ts'
import { committedOffsets, offsetBounds } from '../../../src/connect/kafka-offsets.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'
import { kafkaTools, record } from './kafka-tools.ts'

/** A member of a group of its own, with the records that it saw and whatever else it was told. */
export function member(kafka: Endpoints['kafka'], topic: string) {
  const seen: ConsumedRecord[] = []
  const told: string[] = []
  const reader: ConsumerReader = {
    assigned: (partitions) => told.push(`assigned ${partitions}`),
    position: (_, committed) => committed,
    moved: (partition, from, to) => told.push(`moved ${partition} from ${from} to ${to}`),
    records: ({ records }) => seen.push(...records),
    problem: ({ message }) => told.push(`problem: ${message}`),
    ended: ({ message }) => told.push(`ended: ${message}`),
  }
  const groupId = `tests-${randomUUID()}`
  const options: ConsumerOptions = {
    ...kafka,
    clientId: 'sluice-tests',
    topic,
    groupId,
    startingPosition: 'TRIM_HORIZON',
    hasBegun: () => false,
    reader,
  }
  return { consumer: kafkaConsumer(options), groupId, seen, told }
}

/** Tests of one way to connect. */
export function kafkaEssentials(endpoints: () => Pick<Endpoints, 'kafka'>): void {
  const tools = kafkaTools(endpoints)

  test('creates a topic, produces, reads it, and says its offsets', async () => {
    const { admin, producer, newTopic, read } = tools()
    const topic = await newTopic(2)
    const values = Array.from({ length: 30 }, (_, index) => `value-${index}`)
    const positions = await producer.send(
      topic,
      values.map((value) => record(value, value)),
    )
    expect(positions).toHaveLength(30)
    const records = await read(topic)
    expect(records.map(({ value }) => String(value)).sort()).toEqual([...values].sort())
    const { end } = await offsetBounds(admin, topic)
    expect((end.get(0) ?? 0) + (end.get(1) ?? 0)).toBe(30)
  })

  test('consumes as a member of a group, and commits', async () => {
    const { admin, producer, newTopic } = tools()
    const topic = await newTopic(1)
    await producer.send(topic, [record('k', 'a'), record('k', 'b')])
    const { consumer, groupId, seen, told } = member(endpoints().kafka, topic)
    try {
      await consumer.join()
      await vi.waitFor(() => expect(seen.map(({ value }) => String(value))).toEqual(['a', 'b']), { timeout: 20_000 })
      await consumer.commit(new Map([[0, 2]]))
      expect(await committedOffsets(admin, groupId, topic)).toEqual(new Map([[0, 2]]))
      expect(told).toEqual(['assigned 0'])
    } finally {
      await consumer.close(5_000)
    }
  })
}
