/**
 * Checks of the machine: prerequisites, installed services, disk, ports.
 */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { requireMaven, requirePython } from '../../../scripts/install/requirements.mjs'
import { jarFolder, javaProgram, nodeFolder, pythonProgram } from '../../local/installation.ts'
import { portOwner } from '../../local/port-owner.ts'
import { isFree, type Listener, listenersOf, type Ports } from '../../local/ports.ts'
import { isAlive, type ProcessIdentity } from '../../local/process-identity.ts'
import { serviceNames } from '../../local/service.ts'
import { checked, type Finding, ok, problem, warning } from './doctor-finding.ts'

const gibibyte = 1024 ** 3
/** Below this a run of the services fails sooner or later; Kafka and Cassandra stop when the disk is full. */
const leastBytes = gibibyte
const fewBytes = 5 * gibibyte

/** Node, Maven with its JDK, Python, the installed services, and the disk below `folder`, which may not exist. */
export async function checkMachine(folder: string): Promise<Finding[]> {
  const [maven, python, installed, disk] = await Promise.all([
    checked('Maven and JDK', 'install it as the message says', async () => {
      await requireMaven()
      return ok('Maven and JDK', 'Maven on a JDK 17 or later')
    }),
    checked('Python', 'install it as the message says', async () => {
      return ok('Python', `${await requirePython()}, 3.11 or later with venv and pip`)
    }),
    checked('installation', 'run "npm start" or "npm test", which install what is missing', async () => installation()),
    checked('disk', 'make room on the disk of the clone', () => disks(folder)),
  ])
  return [checkNode(process.versions.node), ...maven, ...python, ...installed, ...disk]
}

/** Services run on the Node of the clone; commands on whatever was asked to run them. */
export function checkNode(version: string): Finding {
  if (Number(version.split('.')[0]) >= 24) return ok('Node', version)
  return problem(
    'Node',
    `${version}, older than 24`,
    'run commands as "npm run sluice -- …", which use the Node of the clone',
  )
}

function installation(): Finding {
  // Each of these fails with a sentence that names what is absent.
  for (const path of [javaProgram(), pythonProgram(), nodeFolder()]) if (!existsSync(path)) throw new Error(path)
  for (const service of ['kafka', 'cassandra', 'registry'] as const) {
    const folder = jarFolder(service)
    if (!existsSync(folder)) throw new Error(`${folder} is not installed`)
  }
  return ok('installation', 'Kafka, Cassandra, schema registry, AWS emulator and their Java are installed')
}

async function disks(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder)
  return checkFreeBytes(bavail * bsize, folder)
}

/** Whether so much free room below the folder will do. */
export function checkFreeBytes(free: number, folder: string): Finding {
  const detail = `${(free / gibibyte).toFixed(1)} GiB free below ${folder}`
  const remedy = `make room; data of environments that are not needed is in ${folder}/environments`
  if (free < leastBytes) return problem('disk', detail, remedy)
  return free < fewBytes ? warning('disk', detail, remedy) : ok('disk', detail)
}

/** Whether the ports that a start would need are free, and who holds those that are not. `leftovers` are ended by the next start. */
export async function checkPorts(ports: Ports, leftovers: readonly ProcessIdentity[]): Promise<Finding[]> {
  const listeners = serviceNames.flatMap((name) => listenersOf(name, ports))
  const free = await Promise.all(listeners.map(({ port }) => isFree(port)))
  const taken = listeners.filter((_, at) => !free[at])
  if (taken.length === 0) {
    return [ok('ports', `${listeners.map(({ port }) => port).join(', ')} are free`)]
  }
  return taken.map((listener) => takenPort(listener, leftovers))
}

function takenPort({ port, purpose }: Listener, leftovers: readonly ProcessIdentity[]): Finding {
  const owner = portOwner(port)
  const by = owner ? `process ${owner.pid} (${owner.command})` : 'another process'
  const detail = `port ${port}, which ${purpose} needs, is taken by ${by}`
  if (leftovers.some((each) => each.pid === owner?.pid && isAlive(each))) {
    return warning('ports', `${detail}, left by a start that was killed`, 'none needed: the next start ends it')
  }
  return problem('ports', detail, 'stop it, or use other ports with "npm start -- --port-offset 100"')
}
