/**
 * Connections to Kafka through kafkajs, with the settings that every client of ours shares.
 * Not for producing or consuming: see kafka-producer.ts and kafka-consumer.ts.
 */
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import type { KafkaSecurity } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { iamTokens } from './kafka-iam.ts'
import { oauthBearer } from './kafka-oauth.ts'
import { refusalIn } from './kafka-refusal.ts'
import { kafkaSockets } from './kafka-sockets.ts'

/** Whom to reach, how to prove who we are (plaintext unless given), and under which name the broker's logs show us. */
export type KafkaConnection = {
  readonly bootstrapServers: string
  readonly security?: KafkaSecurity
  readonly clientId: string
}

/**
 * A kafkajs client. Its own log is off: failures reach the caller as errors. Connecting fails with KAFKA_REFUSED within
 * about a second where transport, certificates or login do not fit, and else with kafkajs' errors.
 * Eight retries from 100 ms: the coordinators of a fresh broker are not ready at once.
 */
export function connectKafka({ bootstrapServers, security, clientId }: KafkaConnection): Kafka {
  const { brokers, socketFactory, failingSoon } = kafkaSockets(bootstrapServers)
  const kafka = new Kafka({
    clientId,
    brokers,
    socketFactory,
    ...securityOptions(security),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 5_000 },
  })
  const { admin, consumer, producer } = kafka
  return Object.assign(kafka, {
    admin: (config) => failingSoon(admin.call(kafka, config)),
    consumer: (config) => failingSoon(consumer.call(kafka, config)),
    producer: (config) => failingSoon(producer.call(kafka, config)),
  } satisfies Pick<Kafka, 'admin' | 'consumer' | 'producer'>)
}

/**
 * kafkajs logs in again within a connection whose session ends within ten seconds, before the next request, and asks for
 * a new token then; MSK closes a connection only at a request after the end of its session.
 */
function securityOptions(security: KafkaSecurity = { kind: 'plaintext' }): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  switch (security.kind) {
    case 'plaintext':
      return {}
    case 'scram':
      return { ssl: trusting(security.ca), sasl: { mechanism: security.mechanism, ...security.login } as SASLOptions }
    case 'plain':
      return { ssl: trusting(security.ca), sasl: { mechanism: 'plain', ...security.login } }
    case 'encrypted':
      return { ssl: trusting(security.ca) }
    case 'tls': {
      const { certificate, privateKey, passphrase, ca } = security
      const own = { cert: certificate, key: privateKey, ...(passphrase === undefined ? {} : { passphrase }) }
      return { ssl: { ...trusting(ca), ...own } }
    }
    case 'iam':
      return { ssl: trusting(undefined), sasl: oauthBearer(iamTokens(security.region)) }
  }
}

function trusting(ca: string | undefined): { readonly ca?: string } {
  return ca === undefined ? {} : { ca }
}

/** A failure of kafkajs as ours: KAFKA_REFUSED if it is one, else KAFKA_UNAVAILABLE with the message. One of ours stays. */
export function kafkaFailure(message: string, cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause
  return refusalIn(cause) ?? new SluiceError('KAFKA_UNAVAILABLE', message, { cause })
}

/** An answer of kafkajs. Its failure becomes KAFKA_UNAVAILABLE, naming what was asked for, or KAFKA_REFUSED. */
export async function kafkaAnswer<T>(what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    throw kafkaFailure(`Kafka did not answer the request for ${what}`, cause)
  }
}
