/**
 * The services of an environment as the containers of docker-compose.yml, the source included.
 */
import type { Endpoints } from '../core/endpoints.ts'
import { type ContainerService, controlContainer } from './container.ts'
import { composeOf, requireDocker } from './docker.ts'
import type { HostingOf } from './hosting.ts'
import { kafkaNodes, listenersOf } from './ports.ts'
import { stopLeftovers } from './process-record.ts'
import { foldersOf, readyWithinMs, type ServiceName } from './service.ts'
import { processServices } from './services.ts'

/** The emulator of the AWS APIs: a service of docker-compose.yml. */
export type EmulatorContainer = 'ministack' | 'localstack'

/** Needs a Docker engine with compose, and neither Java nor Python. Data is in volumes. */
export function inContainers(emulator: EmulatorContainer): HostingOf {
  return (folder, ports) => {
    const folders = foldersOf(folder)
    const nodes = kafkaNodes(ports)
    const compose = composeOf(folder, ports, [nodes.length === 1 ? 'single' : 'cluster', emulator, 'spark'])
    const nodeContainer = (id: number) => (nodes.length === 1 ? 'kafka' : `kafka-${id}`)
    const containers = new Map<ServiceName, string>([
      ...nodes.map(({ id, name }) => [name, nodeContainer(id)] as const),
      ['cassandra', 'cassandra'],
      ['registry', 'registry'],
      ['emulator', emulator],
      ['source', 'source'],
      ['spark', 'spark-connect'],
    ])
    /** Created with its first start: what it mounts from the clone is installed only then. */
    const fromTheStart = [...containers].filter(([name]) => name !== 'spark').map(([, container]) => container)
    const brokers = nodes.map(({ id }) => `${nodeContainer(id)}:19092`).join(',')
    return {
      // The first one is published; the others are for peers inside.
      listeners: (name) => (containers.has(name) ? listenersOf(name, ports).slice(0, 1) : []),
      async clear(fresh, report) {
        await requireDocker()
        await stopLeftovers(folder, report)
        await compose.run('--profile', '*', 'down', '--remove-orphans', ...(fresh ? ['--volumes'] : []))
        report('pulling the images that are not here yet')
        await compose.run('pull', '--quiet', '--include-deps', '--policy', 'missing', ...fromTheStart)
        // Services that start side by side would each create the network.
        await compose.run('create', ...fromTheStart)
      },
      services: (endpoints, onDeath) =>
        [...processServices(folders, ports, endpoints), sourceOf(endpoints)]
          .filter(({ name }) => containers.has(name))
          .map((service) => {
            const container = containers.get(service.name) ?? service.name
            const each: ContainerService = { ...service, container }
            return controlContainer(each, compose, folders, (error) => onDeath(service.name, error))
          }),
      functionView: (endpoints) => ({
        target: 'localstack',
        endpoints: {
          ...endpoints,
          kafka: { bootstrapServers: brokers },
          cassandra: { ...endpoints.cassandra, host: 'cassandra', port: 9042 },
          registry: { url: 'http://registry:8080/apis/ccompat/v7' },
          source: { url: 'http://source:8090' },
        },
      }),
      sparkView: () => ({ bootstrapServers: brokers, checkpoints: 'file:///sluice/jobs' }),
      // A container outlives the parent, and keeps its state when it is stopped, if it can keep it at all.
      save: async () => {},
      release: async () => {
        await compose.run('--profile', '*', 'down')
      },
    }
  }
}

function sourceOf({ source }: Endpoints): Omit<ContainerService, 'container'> {
  return {
    name: 'source',
    readyWithinMs,
    stopWithinMs: 5_000,
    async checkReady() {
      const answer = await fetch(source.url, { signal: AbortSignal.timeout(5_000) })
      if (!answer.ok) throw new Error(`the source answered with ${answer.status}`)
    },
  }
}
