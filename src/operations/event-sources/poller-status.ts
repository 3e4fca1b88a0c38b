/**
 * What the pollers of an environment know, on disk for the commands in other processes: a file for each process that
 * polls, written each second. Not for what a status says: that is the poller's.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MappingStatus } from '../../event-source/mapping-status.ts'
import { identify, isAlive, type ProcessIdentity } from '../../local/process-identity.ts'

type StoredStatus = {
  readonly owner: ProcessIdentity
  /** As people know the process: a command. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly writtenAt: number
  readonly mappings: readonly MappingStatus[]
}

/** A poller that runs, as another process sees it. */
export type RunningPoller = {
  readonly pid: number
  /** The command that runs it. */
  readonly name: string
  /** When it said so, in ms since the epoch. */
  readonly at: number
  readonly mappings: readonly MappingStatus[]
}

const intervalMs = 1_000

const folderOf = (environment: string) => join(environment, 'pollers')
const fileOf = (environment: string, pid: number) => join(folderOf(environment), `${pid}.json`)

/**
 * Tells other processes each second, and at once, what this process's poller knows. Answers what ends that and removes
 * the file. `environment` is a folder. A disk that does not take it is not the poller's trouble: the status gets old.
 */
export function publishStatus(environment: string, name: string, mappings: () => readonly MappingStatus[]): () => void {
  const owner = identify(process.pid) ?? { pid: process.pid, startTime: '' }
  const path = fileOf(environment, owner.pid)
  const write = () => {
    const status: StoredStatus = { owner, name, writtenAt: Date.now(), mappings: mappings() }
    try {
      mkdirSync(folderOf(environment), { recursive: true })
      writeFileSync(`${path}.new`, `${JSON.stringify(status)}\n`)
      renameSync(`${path}.new`, path)
    } catch {}
  }
  write()
  const timer = setInterval(write, intervalMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    try {
      rmSync(path, { force: true })
    } catch {}
  }
}

/** The pollers that run in an environment, ordered by process. What one that was killed left behind is removed. */
export function runningPollers(environment: string): RunningPoller[] {
  return storedIn(environment)
    .flatMap(({ path, status: { owner, name, writtenAt, mappings } }) => {
      if (isAlive(owner)) return [{ pid: owner.pid, name, at: writtenAt, mappings }]
      rmSync(path, { force: true })
      return []
    })
    .sort((a, b) => a.pid - b.pid)
}

function storedIn(environment: string): { path: string; status: StoredStatus }[] {
  const folder = folderOf(environment)
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        const path = join(folder, name)
        try {
          return [{ path, status: JSON.parse(readFileSync(path, 'utf8')) as StoredStatus }]
        } catch {
          return []
        }
      })
  } catch {
    return []
  }
}
