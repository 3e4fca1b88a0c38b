/**
 * Cassandra as a local service: one node with password authentication.
 * Not for its login (cassandra-login.ts), nor for clients of it (src/connect/cassandra.ts).
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CassandraEndpoint } from '../core/endpoints.ts'
import type { Command } from './child-process.ts'
import { templateFolder } from './installation.ts'
import { classPath, javaCommand } from './java.ts'
import type { Ports } from './ports.ts'
import { type Folders, type ProcessService, readyWithinMs } from './service.ts'
import { render } from './template.ts'

const templates = join(templateFolder, 'cassandra')

/** Jars whose manifests name other jars. */
const namingJars = ['chronicle-bytes-', 'chronicle-queue-']

/**
 * Cassandra in an environment; ready when the endpoint's login is the only one and answers a query. `moreYaml` is added
 * to its configuration.
 */
export function cassandraService(
  folders: Folders,
  ports: Ports,
  endpoint: CassandraEndpoint,
  moreYaml = '',
): ProcessService {
  return {
    name: 'cassandra',
    readyWithinMs,
    stopWithinMs: 20_000,
    async prepare() {
      const configuration = writeConfiguration(folders, ports, moreYaml)
      const command = javaCommand(
        {
          service: 'cassandra',
          heapMegabytes: 384,
          options: [
            `@${join(templates, 'jvm.options')}`,
            `-Dcassandra.config=file://${configuration}`,
            `-Dcassandra.storagedir=${folders.data('cassandra')}`,
            `-Dlogback.configurationFile=${join(templates, 'logback.xml')}`,
            `-Djna.tmpdir=${folders.temporary('cassandra')}`,
          ],
          main: ['-cp', classPath('cassandra', namingJars), 'org.apache.cassandra.service.CassandraDaemon'],
        },
        folders.temporary('cassandra'),
      )
      return withoutMemoryLock(command)
    },
    async checkReady() {
      const { ensureOnlyLogin } = await import('./cassandra-login.ts')
      await ensureOnlyLogin(endpoint)
    },
  }
}

function writeConfiguration(folders: Folders, ports: Ports, moreYaml: string): string {
  const folder = folders.configuration('cassandra')
  mkdirSync(folder, { recursive: true })
  mkdirSync(folders.data('cassandra'), { recursive: true })
  const path = join(folder, 'cassandra.yaml')
  const values = {
    rpcAddress: '127.0.0.1',
    port: ports.cassandra,
    storagePort: ports.cassandraStorage,
    sslStoragePort: ports.cassandraStorage + 1,
    data: folders.data('cassandra'),
  }
  writeFileSync(path, render(readFileSync(join(templates, 'cassandra.yaml'), 'utf8'), values) + moreYaml)
  return path
}

const lockRight = ['--bounding-set', '-ipc_lock', '--inh-caps', '-ipc_lock']

/** As root, Cassandra may lock its memory and then holds three times as much; take that right away where it can be. */
function withoutMemoryLock(command: Command): Command {
  if (process.getuid?.() !== 0 || spawnSync('setpriv', [...lockRight, 'true']).status !== 0) return command
  return { ...command, program: 'setpriv', args: [...lockRight, command.program, ...command.args] }
}
