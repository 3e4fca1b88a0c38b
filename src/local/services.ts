/**
 * The process services of an environment.
 */
import type { Endpoints } from '../core/endpoints.ts'
import { cassandraService } from './cassandra.ts'
import { emulatorService } from './emulator.ts'
import { kafkaService } from './kafka.ts'
import { kafkaNodes, type Ports } from './ports.ts'
import { registryService } from './registry.ts'
import type { Folders, ProcessService } from './service.ts'
import { sparkService } from './spark.ts'

/** Each service, not yet started. */
export function processServices(folders: Folders, ports: Ports, endpoints: Endpoints): readonly ProcessService[] {
  const nodes = kafkaNodes(ports)
  return [
    ...nodes.map((node) => kafkaService(folders, node, nodes)),
    cassandraService(folders, ports, endpoints.cassandra),
    registryService(folders, ports, endpoints.registry.url),
    emulatorService(folders, ports, endpoints.aws, endpoints.cassandra.login),
    sparkService(folders, ports, endpoints.spark.url),
  ]
}
