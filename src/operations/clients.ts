/**
 * The clients that operations share: one of each, made from the endpoints of an environment, closed together.
 */
import type { Client } from 'cassandra-driver'
import type { Admin, Kafka } from 'kafkajs'
import { connectCassandra } from '../connect/cassandra.ts'
import { connectKafka } from '../connect/kafka.ts'
import { connectRegistry, type SchemaRegistry } from '../connect/registry.ts'
import type { Endpoints } from '../core/endpoints.ts'

/** Connected clients. */
export type Clients = {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly cassandra: Client
  readonly registry: SchemaRegistry
  close(): Promise<void>
}

/** Connects to Kafka and Cassandra and hands out the clients. */
export async function openClients(endpoints: Endpoints): Promise<Clients> {
  const kafka = connectKafka({ bootstrapServers: endpoints.kafka.bootstrapServers, clientId: 'sluice-operations' })
  const admin = kafka.admin()
  const cassandra = connectCassandra(endpoints.cassandra)
  await Promise.all([admin.connect(), cassandra.connect()])
  return {
    kafka,
    admin,
    cassandra,
    registry: connectRegistry(endpoints.registry.url),
    async close() {
      await Promise.all([admin.disconnect(), cassandra.shutdown()])
    },
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
