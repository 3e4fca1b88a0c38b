/**
 * Reading a range of one partition back, beside the group that works on the topic.
 * Not for pages or whole topics: see kafka-reader.ts, which may create and delete groups.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { SluiceError } from '../core/errors.ts'
import { kafkaFailure } from './kafka.ts'

/** Offsets of a partition: `from` is read, `to` is not, and a record stands there or behind it. */
export type PartitionRange = {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

const deadlineMs = 20_000

/**
 * Hands over the values of a range in order, without those that retention has removed. The group, of which it is the
 * only member, commits nothing, so that the broker forgets it. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED.
 */
export async function readRange(
  kafka: Kafka,
  groupId: string,
  { topic, partition, from, to }: PartitionRange,
  onValue: (offset: number, value: Buffer | null) => void,
): Promise<void> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50, minBytes: 1 })
  const done = Promise.withResolvers<void>()
  let next = from
  let others: number[] = []
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    others = (payload.memberAssignment[topic] ?? []).filter((each) => each !== partition)
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error))

  const read = async () => {
    await consumer.connect()
    // Should retention have removed `from`, kafkajs goes on at the first record that there is.
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (batch.partition !== partition) return
        for (const { offset, value } of batch.messages) {
          const at = Number(offset)
          if (at >= to) break
          if (at < next) continue
          next = at + 1
          onValue(at, value)
        }
        if (Number(batch.lastOffset()) >= to - 1) done.resolve()
      },
    })
    consumer.seek({ topic, partition, offset: String(from) })
    if (others.length > 0) consumer.pause([{ topic, partitions: others }])
    await done.promise
  }
  const late = new AbortController()
  const deadline = delay(deadlineMs, null, { signal: late.signal }).then(() => {
    throw new SluiceError('KAFKA_UNAVAILABLE', `topic ${topic} could not be read back within ${deadlineMs / 1_000} s`)
  })
  try {
    await Promise.race([read(), deadline])
  } catch (cause) {
    throw kafkaFailure(`Kafka did not answer the request for records of topic ${topic}`, cause)
  } finally {
    late.abort()
    deadline.catch(() => {})
    await consumer.disconnect().catch(() => {})
  }
}
