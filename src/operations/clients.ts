/**
 * The clients that operations share: one of each, made from the endpoints of an environment, closed together.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'cassandra-driver'
import type { Admin, Kafka } from 'kafkajs'
import { addressOf, connectCassandra } from '../connect/cassandra.ts'
import { cassandraError } from '../connect/cassandra-error.ts'
import { connectKafka, kafkaFailure } from '../connect/kafka.ts'
import { connectRegistry } from '../connect/registry.ts'
import type { SchemaRegistry } from '../connect/schema-registry.ts'
import type { Endpoints } from '../core/endpoints.ts'

/** Connected clients. */
export type Clients = {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly cassandra: Client
  readonly registry: SchemaRegistry
  close(): Promise<void>
}

/** About 8 s in all, so that a connection that is refused leaves nothing running behind the deadline. */
const adminRetry = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000 } as const
/** How long Kafka may take to accept a connection, in ms: somebody waits for the answer. */
const connectDeadlineMs = 10_000

/**
 * Connects to Kafka and Cassandra and hands out the clients. Fails with KAFKA_UNAVAILABLE, KAFKA_REFUSED,
 * CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED, within about 10 s, and then leaves nothing open.
 */
export async function openClients(endpoints: Endpoints): Promise<Clients> {
  const kafka = connectKafka({ ...endpoints.kafka, clientId: 'sluice-operations' })
  const admin = kafka.admin({ retry: adminRetry })
  const cassandra = connectCassandra(endpoints.cassandra)
  const close = async () => {
    await Promise.all([admin.disconnect(), cassandra.shutdown()])
  }
  const connected = await Promise.allSettled([
    connectAdmin(admin, endpoints.kafka),
    cassandra.connect().catch((cause) => {
      throw cassandraError(`${addressOf(endpoints.cassandra)} did not accept the connection`, cause)
    }),
  ])
  const refused = connected.find((each) => each.status === 'rejected')
  if (refused) {
    await close().catch(() => {})
    throw refused.reason
  }
  return { kafka, admin, cassandra, registry: connectRegistry(endpoints.registry), close }
}

async function connectAdmin(admin: Admin, { bootstrapServers }: Endpoints['kafka']): Promise<void> {
  const timer = new AbortController()
  const late = delay(connectDeadlineMs, null, { signal: timer.signal }).then(() => {
    throw new Error(`no connection within ${connectDeadlineMs / 1000} s`)
  })
  try {
    await Promise.race([admin.connect(), late])
  } catch (cause) {
    throw kafkaFailure(`Kafka at ${bootstrapServers} did not accept the connection`, cause)
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}

/** Works with Kafka alone, so that nothing else need be up. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export async function withKafkaAdmin<T>({ kafka }: Endpoints, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = connectKafka({ ...kafka, clientId: 'sluice-operations' }).admin({ retry: adminRetry })
  try {
    await connectAdmin(admin, kafka)
    return await work(admin)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** Opens clients, works with them and closes them, also after a failure. */
export async function withClients<T>(endpoints: Endpoints, work: (clients: Clients) => Promise<T>): Promise<T> {
  const clients = await openClients(endpoints)
  try {
    return await work(clients)
  } finally {
    await clients.close()
  }
}
