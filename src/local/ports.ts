/**
 * The ports that the local services listen on, all on 127.0.0.1.
 * Not for who holds a port: see port-owner.ts.
 */
import { createServer } from 'node:net'
import type { ServiceName } from './service.ts'

/** One port per listener. */
export type Ports = {
  readonly kafka: number
  readonly kafkaController: number
  readonly cassandra: number
  readonly cassandraStorage: number
  readonly registry: number
  readonly registryManagement: number
  readonly emulator: number
  readonly source: number
}

/** The ports of `npm start`, each raised by `offset`. */
export function defaultPorts(offset = 0): Ports {
  return {
    kafka: 9092 + offset,
    kafkaController: 9093 + offset,
    cassandra: 9042 + offset,
    cassandraStorage: 7000 + offset,
    registry: 8081 + offset,
    registryManagement: 8082 + offset,
    emulator: 4566 + offset,
    source: 8090 + offset,
  }
}

/** A port that a service listens on, and who needs it. */
export type Listener = { readonly port: number; readonly purpose: string }

/** The listeners of one service. */
export function listenersOf(name: ServiceName, ports: Ports): readonly Listener[] {
  switch (name) {
    case 'kafka':
      return [
        { port: ports.kafka, purpose: 'Kafka' },
        { port: ports.kafkaController, purpose: "Kafka's controller" },
      ]
    case 'cassandra':
      return [
        { port: ports.cassandra, purpose: 'Cassandra' },
        { port: ports.cassandraStorage, purpose: "Cassandra's storage listener" },
      ]
    case 'registry':
      return [
        { port: ports.registry, purpose: 'the schema registry' },
        { port: ports.registryManagement, purpose: "the schema registry's management interface" },
      ]
    case 'emulator':
      return [{ port: ports.emulator, purpose: 'the AWS emulator' }]
    case 'source':
      return [{ port: ports.source, purpose: 'the bundled source' }]
  }
}

/** Distinct ports that are free now; for tests, which run beside each other and beside `npm start`. */
export async function freePorts(): Promise<Ports> {
  const names = Object.keys(defaultPorts()) as (keyof Ports)[]
  const servers = await Promise.all(names.map(listenAnywhere))
  const ports = servers.map(({ port }) => port)
  await Promise.all(servers.map(({ close }) => close()))
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Ports
}

/** Whether nobody listens on the port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function listenAnywhere(): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('no port'))
      resolve({ port: address.port, close: () => new Promise((done) => server.close(() => done())) })
    })
  })
}
