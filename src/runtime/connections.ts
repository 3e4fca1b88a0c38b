/**
 * The connections of a function's process: made with the first use, kept for later invocations.
 */
import type { Client } from 'cassandra-driver'
import { openCassandra } from '../connect/cassandra.ts'
import { eventBuses } from '../connect/event-bus.ts'
import type { RecordProducer } from '../connect/kafka-producer.ts'
import { connectLookup } from '../connect/registry.ts'
import { type Announce, runBus } from '../connect/run-bus.ts'
import type { SchemaLookup } from '../connect/schema-registry.ts'
import { type CassandraAccess, type FunctionEnvironment, parseEnvironment } from '../core/environment.ts'
import { SluiceError } from '../core/errors.ts'
import { cassandraEndpoint, registryEndpoint } from './access.ts'
import { functionProducer } from './producer.ts'

/** What every handler reaches. */
export type ReadingConnections = {
  readonly environment: FunctionEnvironment
  readonly registry: SchemaLookup
  /** Tells of runs; a region is known wherever functions run. */
  readonly announce: Announce
  /** Connected, with the login read from its secret. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED; a failed attempt is not kept. */
  readonly cassandra: () => Promise<Client>
}

/** What the handlers of all stages reach. */
export type Connections = ReadingConnections & { readonly producer: RecordProducer }

/** Where the function runs. */
export function region(): string {
  return process.env.AWS_REGION ?? 'us-east-1'
}

/** The connections that the process environment names. Fails with ENVIRONMENT_INVALID. */
export function connectionsFromEnvironment(): Connections {
  const connections = readingConnections()
  return { ...connections, producer: functionProducer(connections.environment) }
}

/** The same without a producer, which a bundle then does not hold. Fails with ENVIRONMENT_INVALID. */
export function readingConnections(): ReadingConnections {
  const environment = parseEnvironment(process.env)
  return {
    environment,
    announce: runBus(eventBuses(region())),
    registry: connectLookup(registryEndpoint(environment.registry)),
    cassandra: once(() => cassandraOf(environment.cassandra)),
  }
}

async function cassandraOf(access: CassandraAccess): Promise<Client> {
  const endpoint = await cassandraEndpoint(access).catch((cause) => {
    throw new SluiceError('CASSANDRA_UNAVAILABLE', 'the login of Cassandra could not be read from its secret', {
      cause,
    })
  })
  return openCassandra(endpoint)
}

/** Shares one attempt among callers and keeps its success; a failure is forgotten, so that the next call tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch((cause) => {
      made = null
      throw cause
    })
    return made
  }
}
