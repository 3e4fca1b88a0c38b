/**
 * Where things are in a clone: all that Sluice makes lies below `.sluice/`.
 */
import { join, resolve } from 'node:path'

/** The clone's own folder. */
export const cloneFolder = resolve(import.meta.dirname, '../..')

/** Everything that can be made again: installed services, caches, environments. */
export const workFolder = join(cloneFolder, '.sluice')

/** The command that brings an environment up. */
export function startCommand(environment: string): string {
  if (environment === 'docker') return 'npm start -- --docker'
  return environment === 'default' ? 'npm start' : `npm start -- --environment ${environment}`
}

/** The folder of an environment: data, logs and state of one local stack. */
export function environmentFolder(name: string): string {
  return join(workFolder, 'environments', name)
}
