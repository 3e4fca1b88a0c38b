/**
 * Refuses to start on a port that somebody else listens on, in one sentence that names them.
 */
import { SluiceError } from '../core/errors.ts'
import { portOwner } from './port-owner.ts'
import { isFree, type Listener } from './ports.ts'

/** Fails with PORT_TAKEN on the first listener whose port is taken. */
export async function assertPortsFree(listeners: readonly Listener[]): Promise<void> {
  const free = await Promise.all(listeners.map(({ port }) => isFree(port)))
  const taken = listeners.find((_, index) => !free[index])
  if (!taken) return
  const owner = portOwner(taken.port)
  const by = owner ? `process ${owner.pid} (${owner.command})` : 'another process'
  throw new SluiceError(
    'PORT_TAKEN',
    `Port ${taken.port}, which ${taken.purpose} needs, is taken by ${by}: stop it, or use other ports with "npm start -- --port-offset 100".`,
  )
}
