/**
 * Docker compose, run on docker-compose.yml for one environment.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SluiceError } from '../core/errors.ts'
import type { Command } from './child-process.ts'
import type { Ports } from './ports.ts'

const clone = dirname(dirname(import.meta.dirname))
const run = promisify(execFile)
/** The first with `pull --policy`; `wait` and `up --wait` are older. */
const leastCompose = [2, 22] as const

/** Compose for one environment: a project of its own, with containers, network and volumes of its own. */
export type Compose = {
  /** The name of the project, which names of containers begin with. */
  readonly project: string
  /** A compose command that somebody else runs. */
  command(...args: string[]): Command
  /** Runs a compose command to its end; what it printed. Fails with SERVICE_FAILED, which quotes docker. */
  run(...args: string[]): Promise<string>
}

/** Compose for the environment in a folder, on its ports, with profiles. A folder of another clone is another project. */
export function composeOf(folder: string, ports: Ports, profiles: readonly string[]): Compose {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
  const environment = `${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`
  const published = Object.entries(ports).map(([key, port]) => [`SLUICE_PORT_${key.toUpperCase()}`, String(port)])
  const project = `sluice-${environment}`
  const file = join(clone, 'docker-compose.yml')
  const variables = { SLUICE_ENVIRONMENT: environment, COMPOSE_PROFILES: profiles.join(',') }
  const command = (...args: string[]): Command => ({
    program: 'docker',
    // Both are said, as variables of the user could say something else.
    args: ['compose', '--file', file, '--project-name', project, '--ansi', 'never', ...args],
    env: { ...inherited(), ...variables, ...Object.fromEntries(published) },
    cwd: clone,
  })
  return {
    project,
    command,
    async run(...args) {
      const { program, args: all, env, cwd } = command(...args)
      try {
        return (await run(program, all, { env, cwd, maxBuffer: 64 * 1024 ** 2 })).stdout
      } catch (cause) {
        throw new SluiceError('SERVICE_FAILED', `docker compose ${args.join(' ')} failed: ${lastLine(cause)}`, {
          cause,
        })
      }
    },
  }
}

/** Fails with PREREQUISITE_MISSING unless docker, a compose that is new enough, and an engine are there. */
export async function requireDocker(): Promise<void> {
  const remedy = 'install Docker with its compose plugin, or leave out --docker, which needs neither'
  const version = await run('docker', ['compose', 'version', '--short']).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'docker is not on the PATH' : 'docker has no compose plugin'
    throw new SluiceError('PREREQUISITE_MISSING', `${what}: ${remedy}`, { cause: error })
  })
  const found = version.stdout.trim()
  const [major = 0, minor = 0] = found.replace(/^v/, '').split('.').map(Number)
  if (major < leastCompose[0] || (major === leastCompose[0] && minor < leastCompose[1])) {
    throw new SluiceError(
      'PREREQUISITE_MISSING',
      `docker compose is ${found}, and ${leastCompose.join('.')} or later is needed: update it, or leave out --docker`,
    )
  }
  await run('docker', ['version', '--format', '{{.Server.Version}}']).catch((cause) => {
    throw new SluiceError(
      'PREREQUISITE_MISSING',
      `no Docker engine answers (${lastLine(cause)}): start it, or leave out --docker, which needs none`,
      { cause },
    )
  })
}

/** The environment of this process, in which docker finds its engine, its context and its login. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  return (stderr?.trim() || message).split('\n').at(-1) ?? ''
}
