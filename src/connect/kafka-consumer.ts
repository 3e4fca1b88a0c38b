/**
 * Opens a group member through kafkajs, and its settings.
 * Not for what it is to its reader (kafka-consumer-port.ts), nor for how it does that (kafka-group-member.ts).
 */
import { connectKafka } from './kafka.ts'
import type { ConsumerOptions, KafkaConsumer } from './kafka-consumer-port.ts'
import { GroupMember } from './kafka-group-member.ts'

/**
 * Heartbeats each second, so that a rebalance is noticed within one; ten seconds of silence and the group goes on
 * without this member. Fetches return as soon as there is data and wait 100 ms for it at most, which bounds how long
 * resuming, joining and leaving take. They are small, since kafkajs copies and decodes an answer as a whole, and memory follows from that. kafkajs'
 * own restarts are off: `ended` reports.
 */
const memberSettings = {
  sessionTimeout: 10_000,
  rebalanceTimeout: 15_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 100,
  minBytes: 1,
  maxBytesPerPartition: 128 * 1024,
  maxBytes: 512 * 1024,
  metadataMaxAge: 5_000,
  allowAutoTopicCreation: false,
} as const

/** Session timeout of a member in ms: how soon the group replaces one that was killed. */
export const sessionTimeoutMs: number = memberSettings.sessionTimeout

/** kafkajs gives a member up soon, and another is opened, rather than waiting longer and longer: Kafka may be back. */
const memberRetry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 } as const

/** A member that has not joined yet. */
export function kafkaConsumer(options: ConsumerOptions): KafkaConsumer {
  // A Kafka instance of its own: instances share group offsets between consumers of equal group ids.
  const kafka = connectKafka(options)
  const consumer = kafka.consumer({
    ...memberSettings,
    groupId: options.groupId,
    retry: { ...memberRetry, restartOnFailure: async () => false },
  })
  return new GroupMember(options, consumer, kafka.admin())
}
