/**
 * The connections of a function's process: made with the first use, kept for later invocations.
 */
import { randomUUID } from 'node:crypto'
import type { Client } from 'cassandra-driver'
import { openCassandra } from '../connect/cassandra.ts'
import { eventBuses, type PutEvents } from '../connect/event-bus.ts'
import { connectKafka } from '../connect/kafka.ts'
import type { RecordProducer } from '../connect/kafka-producer.ts'
import { readRange } from '../connect/kafka-range.ts'
import { connectLookup, type SchemaLookup } from '../connect/registry.ts'
import { type Announce, runBus } from '../connect/run-bus.ts'
import { type CassandraAccess, type FunctionEnvironment, parseEnvironment } from '../core/environment.ts'
import { SluiceError } from '../core/errors.ts'
import { windowGroupPrefix } from '../core/names.ts'
import { cassandraEndpoint, kafkaSecurity, registryEndpoint } from './access.ts'
import { clientId, functionProducer } from './producer.ts'
import type { ReadBack } from './record-windows.ts'

/** What the handlers of all stages reach. */
export type Connections = {
  readonly environment: FunctionEnvironment
  readonly producer: RecordProducer
  readonly registry: SchemaLookup
  /** Tells of runs; a region is known wherever functions run. */
  readonly announce: Announce
  readonly putEvents: PutEvents
  /** Reads records of a pipeline back, as a group of its own each time. */
  readonly readBack: (pipeline: string) => ReadBack
  /** Connected, with the login read from its secret. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED; a failed attempt is not kept. */
  readonly cassandra: () => Promise<Client>
}

/** The connections that the process environment names. Fails with ENVIRONMENT_INVALID. */
export function connectionsFromEnvironment(): Connections {
  const environment = parseEnvironment(process.env)
  const putEvents = eventBuses(process.env.AWS_REGION ?? 'us-east-1')
  return {
    environment,
    producer: functionProducer(environment),
    announce: runBus(putEvents),
    putEvents,
    readBack: (pipeline) => readingBack(environment, windowGroupPrefix(pipeline)),
    registry: connectLookup(registryEndpoint(environment.registry)),
    cassandra: once(() => cassandraOf(environment.cassandra)),
  }
}

function readingBack({ bootstrapServers, kafka }: FunctionEnvironment, groupPrefix: string): ReadBack {
  return async (range, onValue) => {
    const security = await kafkaSecurity(kafka).catch((cause) => {
      throw new SluiceError('KAFKA_UNAVAILABLE', 'the login of Kafka could not be read from its secret', { cause })
    })
    const connected = connectKafka({ bootstrapServers, clientId, security })
    await readRange(connected, `${groupPrefix}${randomUUID()}`, range, onValue)
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
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch((cause) => {
      made = null
      throw cause
    })
    return made
  }
}
