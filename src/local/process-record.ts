/**
 * The processes that an environment has started, on disk, so that a later start finds what a killed parent left.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { endProcess } from './end-process.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

/** One started process: which service it is, and its identity. */
export type RecordedProcess = ProcessIdentity & { readonly service: string }

const recordPath = (folder: string) => join(folder, 'processes.json')

/** The recorded processes of the environment in `folder`, running or not. */
export function readProcesses(folder: string): RecordedProcess[] {
  try {
    return JSON.parse(readFileSync(recordPath(folder), 'utf8')) as RecordedProcess[]
  } catch {
    return []
  }
}

/** Records a process that was just started. */
export function recordProcess(folder: string, service: string, pid: number): void {
  const identity = identify(pid)
  if (identity) write(folder, [...readProcesses(folder), { service, ...identity }])
}

/** Takes a process that has ended off the record. */
export function forgetProcess(folder: string, pid: number): void {
  write(
    folder,
    readProcesses(folder).filter((entry) => entry.pid !== pid),
  )
}

/** Stops recorded processes that still run, all at once, and empties the record. Never touches a recycled pid. */
export async function stopLeftovers(folder: string, report: (line: string) => void): Promise<void> {
  const left = readProcesses(folder).filter(isAlive)
  await Promise.all(
    left.map(async (entry) => {
      report(`Stopping ${entry.service} (pid ${entry.pid}), left by an earlier start`)
      await endProcess(entry, 10_000)
    }),
  )
  write(folder, [])
}

function write(folder: string, entries: readonly RecordedProcess[]): void {
  const path = recordPath(folder)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, `${JSON.stringify(entries, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}
