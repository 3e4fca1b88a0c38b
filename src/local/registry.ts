/**
 * The schema registry as a local service: Apicurio with an H2 file.
 * Not for clients of it: see src/connect/registry.ts.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { jarFolder } from './installation.ts'
import { javaCommand } from './java.ts'
import type { Ports } from './ports.ts'
import { type Folders, type ProcessService, readyWithinMs } from './service.ts'

/** The schema registry in an environment; ready when it lists its subjects. */
export function registryService(folders: Folders, ports: Ports, url: string): ProcessService {
  return {
    name: 'registry',
    readyWithinMs,
    stopWithinMs: 15_000,
    async prepare() {
      const data = folders.data('registry')
      mkdirSync(data, { recursive: true })
      const properties = {
        'quarkus.http.host': '127.0.0.1',
        'quarkus.http.port': ports.registry,
        'quarkus.http.access-log.enabled': false,
        'quarkus.management.host': '127.0.0.1',
        'quarkus.management.port': ports.registryManagement,
        'apicurio.storage.kind': 'sql',
        'apicurio.storage.sql.kind': 'h2',
        // Without WRITE_DELAY=0 a killed registry forgets what it has acknowledged.
        'apicurio.datasource.url': `jdbc:h2:file:${join(data, 'registry')};WRITE_DELAY=0`,
      }
      return javaCommand(
        {
          service: 'registry',
          heapMegabytes: 256,
          options: Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
          main: ['-jar', join(jarFolder('registry'), 'quarkus-run.jar')],
        },
        folders.temporary('registry'),
      )
    },
    async checkReady() {
      const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) })
      if (!Array.isArray(await response.json()))
        throw new Error(`the subject list was answered with ${response.status}`)
    },
  }
}
