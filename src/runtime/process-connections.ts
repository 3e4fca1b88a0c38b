/**
 * What a process stage reaches besides what every stage does; apart, so that the other functions do not carry it.
 */
import { randomUUID } from 'node:crypto'
import { eventBuses, type PutEvents } from '../connect/event-bus.ts'
import { connectKafka } from '../connect/kafka.ts'
import { readRange } from '../connect/kafka-range.ts'
import type { FunctionEnvironment } from '../core/environment.ts'
import { SluiceError } from '../core/errors.ts'
import { windowGroupPrefix } from '../core/names.ts'
import { kafkaSecurity } from './access.ts'
import { type Connections, connectionsFromEnvironment, region } from './connections.ts'
import { clientId } from './producer.ts'
import type { ReadBack } from './record-windows.ts'

/** What the handler of a process stage reaches. */
export type ProcessConnections = Connections & {
  readonly putEvents: PutEvents
  /** Reads records back, as a group of its own each time. */
  readonly readBack: ReadBack
}

/** The connections that the process environment names. Fails with ENVIRONMENT_INVALID. */
export function processConnections(pipeline: string): ProcessConnections {
  const connections = connectionsFromEnvironment()
  return {
    ...connections,
    putEvents: eventBuses(region()),
    readBack: readingBack(connections.environment, windowGroupPrefix(pipeline)),
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
