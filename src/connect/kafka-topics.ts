/**
 * Creating topics so that they can be used at once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'
import { SluiceError } from '../core/errors.ts'

const pollMs = 20

/**
 * Creates topics and resolves when every partition is served by its leader. kafkajs's own wait ends before that: it fails
 * where a broker has not heard of the topic yet, and a producer that comes too early has its records retried as a whole,
 * those that were taken included. Fails with KAFKA_UNAVAILABLE after `deadlineMs`.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[], deadlineMs = 30_000): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  const deadline = Date.now() + deadlineMs
  for (const { topic, numPartitions = 1 } of topics) {
    while (!(await isServed(admin, topic, numPartitions))) {
      if (Date.now() > deadline) {
        throw new SluiceError(
          'KAFKA_UNAVAILABLE',
          `topic ${topic} was created but is not served after ${deadlineMs} ms`,
        )
      }
      await delay(pollMs)
    }
  }
}

/** Whether each partition answers with its offsets, which only its leader does. */
async function isServed(admin: Admin, topic: string, partitions: number): Promise<boolean> {
  try {
    return (await admin.fetchTopicOffsets(topic)).length === partitions
  } catch {
    return false
  }
}
