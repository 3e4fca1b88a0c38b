/**
 * The free ports of an environment: found once and kept, so that a restart finds its data and its deployment as they were.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts, isFree, type Ports } from '../local/ports.ts'

/** The ports that the environment had before, where they are still free, else new ones. */
export async function keptPorts(folder: string): Promise<Ports> {
  const path = join(folder, 'ports.json')
  const kept = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as Ports,
    () => null,
  )
  if (kept && (await Promise.all(Object.values(kept).map(isFree))).every(Boolean)) return kept
  const ports = await freePorts()
  await mkdir(folder, { recursive: true })
  await writeFile(path, `${JSON.stringify(ports, null, 2)}\n`)
  return ports
}
