/** Where the services of a local environment answer, by its ports. */
import type { Endpoints, Login } from '../core/endpoints.ts'
import { kafkaNodes, type Ports } from './ports.ts'

/** The endpoints of an environment with these ports and this Cassandra login. */
export function endpointsOf(ports: Ports, login: Login): Endpoints {
  const bootstrapServers = kafkaNodes(ports).map(({ port }) => `127.0.0.1:${port}`)
  return {
    kafka: { bootstrapServers: bootstrapServers.join(',') },
    cassandra: { host: '127.0.0.1', port: ports.cassandra, localDataCenter: 'datacenter1', login },
    registry: { url: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7` },
    aws: { endpoint: `http://127.0.0.1:${ports.emulator}`, region: 'us-east-1', accountId: '000000000000' },
    source: { url: `http://127.0.0.1:${ports.source}` },
    spark: { url: `http://127.0.0.1:${ports.spark}` },
  }
}
