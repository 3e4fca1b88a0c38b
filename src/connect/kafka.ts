/**
 * Connections to Kafka through kafkajs, with the settings that every client of ours shares.
 * Not for producing or consuming: see kafka-producer.ts and kafka-consumer.ts.
 */
import { Kafka, logLevel } from 'kafkajs'
import type { KafkaSecurity } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'

/** Whom to reach, how to prove who we are (plaintext unless given), and under which name the broker's logs show us. */
export type KafkaConnection = {
  readonly bootstrapServers: string
  readonly security?: KafkaSecurity
  readonly clientId: string
}

/**
 * A kafkajs client. Its own log is off: failures reach the caller as errors.
 * Eight retries from 100 ms: the coordinators of a fresh broker are not ready at once.
 */
export function connectKafka({ bootstrapServers, clientId }: KafkaConnection): Kafka {
  return new Kafka({
    clientId,
    brokers: bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 5_000 },
  })
}

/** An answer of kafkajs. Its failure becomes KAFKA_UNAVAILABLE, naming what was asked for. */
export async function kafkaAnswer<T>(what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    throw new SluiceError('KAFKA_UNAVAILABLE', `Kafka did not answer the request for ${what}`, { cause })
  }
}
