/**
 * The services of an environment as child processes, and the source inside the parent.
 */
import { join } from 'node:path'
import { saveEmulatorState } from './emulator.ts'
import type { HostingOf } from './hosting.ts'
import { storedClusterId } from './kafka-cluster.ts'
import { kafkaNodes, listenersOf } from './ports.ts'
import { stopLeftovers } from './process-record.ts'
import { controlProcess } from './running-service.ts'
import { foldersOf } from './service.ts'
import { processServices } from './services.ts'
import { controlSource } from './source/service.ts'

/** Needs what scripts/install.mjs installs, and nothing else. */
export const asProcesses: HostingOf = (folder, ports) => {
  const folders = foldersOf(folder)
  return {
    listeners: (name) => listenersOf(name, ports),
    clear: (_, report) => stopLeftovers(folder, report),
    services(endpoints, onDeath) {
      storedClusterId(folders, kafkaNodes(ports).length)
      const processes = processServices(folders, ports, endpoints)
      return [
        controlSource(ports.source, join(folder, 'logs')),
        ...processes.map((each) => controlProcess(each, folders, (error) => onDeath(each.name, error))),
      ]
    },
    functionView: (endpoints) => ({ target: 'embedded', endpoints }),
    // Nothing in the URL is escaped, as Hadoop reads it.
    sparkView: ({ kafka }) => ({ ...kafka, checkpoints: `file://${join(folder, 'data', 'jobs')}` }),
    save: (emulator) => saveEmulatorState(folders, (signal) => void emulator.kill(signal)),
    release: async () => {},
  }
}
