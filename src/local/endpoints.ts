/** Where the services of a local environment answer, by its ports. */
import type { Endpoints, Login } from '../core/endpoints.ts'
import type { Ports } from './ports.ts'

/** The endpoints of an environment with these ports and this Cassandra login. */
export function endpointsOf(ports: Ports, login: Login): Endpoints {
  return {
    kafka: { bootstrapServers: `127.0.0.1:${ports.kafka}` },
    cassandra: { host: '127.0.0.1', port: ports.cassandra, localDataCenter: 'datacenter1', login },
    registry: { url: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7` },
    aws: { endpoint: `http://127.0.0.1:${ports.emulator}`, region: 'us-east-1', accountId: '000000000000' },
    source: { url: `http://127.0.0.1:${ports.source}` },
  }
}
