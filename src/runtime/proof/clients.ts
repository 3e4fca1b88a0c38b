/**
 * What a proof reads from.
 */
import type { Client } from 'cassandra-driver'
import type { Admin, Kafka } from 'kafkajs'
import type { SchemaLookup } from '../../connect/schema-registry.ts'

/** Connected clients of the places where records of a run can be. */
export type ProofClients = {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly cassandra: Client
  readonly registry: SchemaLookup
}
