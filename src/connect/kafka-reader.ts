/**
 * Reading topics beside the consumers that work on them: no commits, no influence on any other group.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, IHeaders, Kafka } from 'kafkajs'
import { SluiceError } from '../core/errors.ts'
import { readerGroupPrefix } from '../core/names.ts'
import { kafkaAnswer } from './kafka.ts'
import { offsetBounds, type PartitionOffsets } from './kafka-offsets.ts'

/** A record as it stands in a topic. */
export type TopicRecord = {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: IHeaders
}

const catchUpMs = 60_000
/** How long a reader that could not join may take to join at last. */
const joinMs = 20_000

/** Follows topics from given offsets on. */
export type TopicReader = {
  /** Resolves when everything that the topics hold now has been handed over. Fails with KAFKA_UNAVAILABLE. */
  catchUp(): Promise<void>
  close(): Promise<void>
}

/** Hands over every record that the topics hold now from the given offsets on; as {@link readTopics}. */
export async function readUntilNow(
  kafka: Kafka,
  from: ReadonlyMap<string, PartitionOffsets>,
  onRecord: (record: TopicRecord) => void,
): Promise<void> {
  const reader = await readTopics(kafka, from, onRecord)
  try {
    await reader.catchUp()
  } finally {
    await reader.close()
  }
}

/**
 * Hands over every record of the topics from the given offsets on, in order per partition, until closed.
 * The group it needs has a name of its own and is deleted in the end. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED.
 */
export async function readTopics(
  kafka: Kafka,
  from: ReadonlyMap<string, PartitionOffsets>,
  onRecord: (record: TopicRecord) => void,
): Promise<TopicReader> {
  const groupId = `${readerGroupPrefix}${randomUUID()}`
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50, minBytes: 1 })
  const position = new Map<string, number>()
  for (const [topic, offsets] of from) {
    for (const [partition, offset] of offsets) position.set(`${topic}/${partition}`, offset)
  }

  const connected = async () => {
    await Promise.all([admin.connect(), consumer.connect()])
    await consumer.subscribe({ topics: [...from.keys()], fromBeginning: true })
  }
  try {
    await kafkaAnswer('the records of topics', connected())
  } catch (error) {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
    throw error
  }
  // What ends transactions, and what those that were aborted hold, is no record: kafkajs tells of it only so.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
    const name = `${topic}/${partition}`
    position.set(name, Math.max(position.get(name) ?? 0, Number(lastOffset) + 1))
  })
  const reading = consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch }) => {
      const name = `${batch.topic}/${batch.partition}`
      for (const message of batch.messages) {
        const offset = Number(message.offset)
        if (offset < (position.get(name) ?? 0)) continue
        const { key, value, headers = {}, timestamp } = message
        onRecord({
          topic: batch.topic,
          partition: batch.partition,
          offset,
          timestamp: Number(timestamp),
          key,
          value,
          headers,
        })
        position.set(name, offset + 1)
      }
    },
  })
  const close = async () => {
    await consumer.disconnect()
    await admin.deleteGroups([groupId]).catch(() => {})
    await admin.disconnect()
  }
  try {
    await kafkaAnswer(
      'the records of topics',
      reading.then(() => seekOnceJoined(consumer, from)),
    )
  } catch (error) {
    await close().catch(() => {})
    throw error
  }

  return {
    async catchUp() {
      const deadline = Date.now() + catchUpMs
      for (const topic of from.keys()) {
        const { start, end } = await offsetBounds(admin, topic)
        for (const [partition, offset] of end) {
          // Retention may have removed what was to be read.
          if (start.get(partition) === offset) continue
          while ((position.get(`${topic}/${partition}`) ?? 0) < offset) {
            if (Date.now() > deadline) {
              throw new SluiceError(
                'KAFKA_UNAVAILABLE',
                `topic ${topic} could not be read to its end within ${catchUpMs / 1000} s`,
              )
            }
            await delay(5)
          }
        }
      }
    },
    close,
  }
}

/** kafkajs has no group to seek in while it begins to join anew, as after a connection that took too long. */
async function seekOnceJoined(consumer: Consumer, from: ReadonlyMap<string, PartitionOffsets>): Promise<void> {
  const deadline = Date.now() + joinMs
  for (;;) {
    try {
      for (const [topic, offsets] of from) {
        for (const [partition, offset] of offsets) consumer.seek({ topic, partition, offset: String(offset) })
      }
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(100)
    }
  }
}
