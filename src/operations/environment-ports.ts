/**
 * The free ports of an environment: found once and kept, so that a restart finds its data and its deployment as they were.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { portOwner } from '../local/port-owner.ts'
import { defaultPorts, freePorts, isFree, type KafkaNodes, type Ports } from '../local/ports.ts'
import { isAlive } from '../local/process-identity.ts'
import { readProcesses } from '../local/process-record.ts'
import { readState } from '../local/state.ts'

/**
 * The ports that the environment had before, where they are still free or held by the environment itself: by what a
 * killed parent left, which the next start stops, or by a stack that runs. Else new ones; so too for another number of
 * Kafka nodes.
 */
export async function keptPorts(folder: string, nodes: KafkaNodes = 1): Promise<Ports> {
  const path = join(folder, 'ports.json')
  const kept = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as Ports,
    () => null,
  )
  const own = new Set([
    readState(folder)?.pid ?? -1,
    ...readProcesses(folder)
      .filter(isAlive)
      .map(({ pid }) => pid),
  ])
  const isUsable = async (port: number) => (await isFree(port)) || own.has(portOwner(port)?.pid ?? 0)
  const isComplete = kept && Object.keys(defaultPorts(0, nodes)).join() === Object.keys(kept).join()
  if (isComplete && (await Promise.all(Object.values(kept).map(isUsable))).every(Boolean)) return kept
  const ports = await freePorts(nodes)
  await mkdir(folder, { recursive: true })
  await writeFile(path, `${JSON.stringify(ports, null, 2)}\n`)
  return ports
}
