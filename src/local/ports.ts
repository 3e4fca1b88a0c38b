/**
 * The ports that the local services listen on, all on 127.0.0.1.
 * Not for who holds a port: see port-owner.ts.
 */
import { createServer } from 'node:net'
import { type KafkaName, type ServiceName, serviceTitles } from './service.ts'

/** One port per listener. Those of further Kafka nodes are there in a cluster only. */
export type Ports = {
  readonly kafka: number
  readonly kafkaController: number
  readonly kafka2?: number
  readonly kafka2Controller?: number
  readonly kafka3?: number
  readonly kafka3Controller?: number
  readonly cassandra: number
  readonly cassandraStorage: number
  readonly registry: number
  readonly registryManagement: number
  readonly emulator: number
  readonly source: number
  readonly spark: number
}

/** How many nodes a Kafka has: one, or a cluster that goes on without one of them. */
export type KafkaNodes = 1 | 3

/** The ports of `npm start`, each raised by `offset`. */
export function defaultPorts(offset = 0, nodes: KafkaNodes = 1): Ports {
  const further = {
    kafka2: 9094 + offset,
    kafka2Controller: 9095 + offset,
    kafka3: 9096 + offset,
    kafka3Controller: 9097 + offset,
  }
  return {
    kafka: 9092 + offset,
    kafkaController: 9093 + offset,
    ...(nodes === 3 ? further : {}),
    cassandra: 9042 + offset,
    cassandraStorage: 7000 + offset,
    registry: 8081 + offset,
    registryManagement: 8082 + offset,
    emulator: 4566 + offset,
    source: 8090 + offset,
    spark: 15_002 + offset,
  }
}

/** A node of Kafka: its number in the cluster, and where it listens. */
export type KafkaNode = {
  readonly id: number
  readonly name: KafkaName
  readonly port: number
  readonly controllerPort: number
}

/** The nodes of Kafka that have ports, in the order of their numbers. */
export function kafkaNodes(ports: Ports): readonly KafkaNode[] {
  const nodes = [
    { id: 1, name: 'kafka', port: ports.kafka, controllerPort: ports.kafkaController },
    { id: 2, name: 'kafka-2', port: ports.kafka2, controllerPort: ports.kafka2Controller },
    { id: 3, name: 'kafka-3', port: ports.kafka3, controllerPort: ports.kafka3Controller },
  ] as const
  return nodes.filter((node): node is typeof node & KafkaNode => node.port !== undefined)
}

/** A port that a service listens on, and who needs it. */
export type Listener = { readonly port: number; readonly purpose: string }

/** The listeners of one service; none for a node that the cluster does not have. */
export function listenersOf(name: ServiceName, ports: Ports): readonly Listener[] {
  switch (name) {
    case 'kafka':
    case 'kafka-2':
    case 'kafka-3':
      return kafkaNodes(ports)
        .filter((node) => node.name === name)
        .flatMap(({ port, controllerPort }) => [
          { port, purpose: serviceTitles[name] },
          { port: controllerPort, purpose: `${serviceTitles[name]}'s controller` },
        ])
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
    case 'spark':
      return [{ port: ports.spark, purpose: 'Spark' }]
  }
}

/** Distinct ports that are free now; for tests, which run beside each other and beside `npm start`. */
export async function freePorts(nodes: KafkaNodes = 1): Promise<Ports> {
  const names = Object.keys(defaultPorts(0, nodes)) as (keyof Ports)[]
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
