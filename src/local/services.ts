/**
 * The process services of an environment, by name.
 */
import type { Endpoints } from '../core/endpoints.ts'
import { cassandraService } from './cassandra.ts'
import { emulatorService } from './emulator.ts'
import { kafkaService } from './kafka.ts'
import type { Ports } from './ports.ts'
import { registryService } from './registry.ts'
import type { Folders, ProcessService } from './service.ts'

/** Each service, not yet started. */
export function processServices(
  folders: Folders,
  ports: Ports,
  endpoints: Endpoints,
): Record<ProcessService['name'], ProcessService> {
  return {
    kafka: kafkaService(folders, ports, endpoints.kafka.bootstrapServers),
    cassandra: cassandraService(folders, ports, endpoints.cassandra),
    registry: registryService(folders, ports, endpoints.registry.url),
    emulator: emulatorService(folders, ports, endpoints.aws, endpoints.cassandra.login),
  }
}
