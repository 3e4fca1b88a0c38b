/**
 * What the suites of Kafka share: topics of their own, records, and what a topic holds.
 */
import { randomUUID } from 'node:crypto'
import type { Admin, Kafka } from 'kafkajs'
import { afterAll, beforeAll } from 'vitest'
import { connectKafka } from '../../../src/connect/kafka.ts'
import { offsetBounds } from '../../../src/connect/kafka-offsets.ts'
import { createProducer, type OutgoingRecord, type RecordProducer } from '../../../src/connect/kafka-producer.ts'
import { readTopics, type TopicRecord } from '../../../src/connect/kafka-reader.ts'
import { createTopics } from '../../../src/connect/kafka-topics.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'

/** A record of text. */
export function record(key: string | null, value: string | null, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  const bytes = value === null ? null : Buffer.from(value)
  return { key, value: bytes, headers: {}, timestamp: 1_700_000_000_000, ...more }
}

/** `partition/offset`. */
export function place({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}/${offset}`
}

/** Clients for the tests of one suite: there from its first test on. */
export type KafkaTools = {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly producer: RecordProducer
  /** A new topic's name. */
  newTopic(partitions: number): Promise<string>
  /** What a topic holds now, from its start or from the given offsets on. */
  read(topic: string, from?: ReadonlyMap<number, number>): Promise<TopicRecord[]>
}

/** Connects before the suite's tests, and closes after them. */
export function kafkaTools(endpoints: () => Pick<Endpoints, 'kafka'>): () => KafkaTools {
  let tools: KafkaTools
  beforeAll(async () => {
    const kafka = connectKafka({ ...endpoints().kafka, clientId: 'sluice-tests' })
    const admin = kafka.admin()
    await admin.connect()
    tools = {
      kafka,
      admin,
      producer: createProducer(kafka),
      async newTopic(partitions) {
        const topic = `tests-${randomUUID()}`
        await createTopics(admin, [{ topic, numPartitions: partitions }])
        return topic
      },
      async read(topic, from) {
        const records: TopicRecord[] = []
        const { start } = await offsetBounds(admin, topic)
        const reader = await readTopics(kafka, new Map([[topic, from ?? start]]), (each) => records.push(each))
        try {
          await reader.catchUp()
        } finally {
          await reader.close()
        }
        return records
      },
    }
  })
  afterAll(() => Promise.all([tools?.admin.disconnect(), tools?.producer.disconnect()]))
  return () => tools
}
