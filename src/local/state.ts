/**
 * Who runs the environment in a folder, on disk, for the commands in other processes. Holds no password.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoints } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { readLogin } from './cassandra-login.ts'
import { endpointsOf } from './endpoints.ts'
import type { Ports } from './ports.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

type StoredState = {
  readonly owner: ProcessIdentity
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether all services were ready. */
  readonly ready: boolean
  readonly ports: Ports
}

/** A stack that runs, as another process sees it. */
export type RunningStack = {
  /** Of the process that runs it: SIGTERM to it stops all. */
  readonly pid: number
  readonly startedAt: number
  readonly ready: boolean
  readonly endpoints: Endpoints
}

const statePath = (folder: string) => join(folder, 'state.json')

/** The running stack of the environment in `folder`; null when none runs there. */
export function readState(folder: string): RunningStack | null {
  const state = readStored(folder)
  const login = readLogin(folder)
  if (!state || !login || !isAlive(state.owner)) return null
  const { owner, startedAt, ready, ports } = state
  return { pid: owner.pid, startedAt, ready, endpoints: endpointsOf(ports, login) }
}

/** Makes this process the owner of the folder. Fails with STACK_ALREADY_RUNNING while another one is. */
export function claimFolder(folder: string, ports: Ports): void {
  mkdirSync(folder, { recursive: true })
  const claim = `${statePath(folder)}.${process.pid}`
  writeFileSync(claim, serialize(ports, false))
  try {
    while (!linkTo(claim, statePath(folder))) {
      const owner = readStored(folder)?.owner
      if (owner && isAlive(owner)) {
        throw new SluiceError(
          'STACK_ALREADY_RUNNING',
          `the local stack in ${folder} is run by process ${owner.pid} already: use it, or stop it with "npm run sluice -- down"`,
        )
      }
      rmSync(statePath(folder), { force: true })
    }
  } finally {
    rmSync(claim, { force: true })
  }
}

/** Tells other processes that all services are ready. */
export function markReady(folder: string, ports: Ports): void {
  writeFileSync(`${statePath(folder)}.new`, serialize(ports, true))
  renameSync(`${statePath(folder)}.new`, statePath(folder))
}

/** Gives the folder up. */
export function releaseFolder(folder: string): void {
  rmSync(statePath(folder), { force: true })
}

function serialize(ports: Ports, ready: boolean): string {
  const state: StoredState = {
    owner: identify(process.pid) ?? { pid: process.pid, startTime: '' },
    startedAt: Math.round(performance.timeOrigin),
    ready,
    ports,
  }
  return `${JSON.stringify(state, null, 2)}\n`
}

function readStored(folder: string): StoredState | null {
  try {
    return JSON.parse(readFileSync(statePath(folder), 'utf8')) as StoredState
  } catch {
    return null
  }
}

function linkTo(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
