/**
 * A service that is up: started, waited for, watched, stopped, and started again.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { SluiceError } from '../core/errors.ts'
import { type ChildProcess, describeExit, lastLines, startChild } from './child-process.ts'
import { type Folders, type ProcessService, type ServiceName, serviceTitles } from './service.ts'
import { until } from './until.ts'

const pollMs = 25
/** Those that end a process which does not care. */
export const endingSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGQUIT', 'SIGABRT']

/** Control over one service of a running stack. */
export type RunningService = {
  readonly name: ServiceName
  /** Of the process; the parent's own for a source inside it. 0 while it does not run, and for a container. */
  readonly pid: number
  /** Starts the process and resolves when it is ready. Fails with SERVICE_FAILED. */
  start(): Promise<void>
  /** Orderly end; resolves when the process is gone. */
  stop(): Promise<void>
  /** Sends a signal. One that ends a process is waited for, and that end is no failure of the stack. */
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Puts a process service under control. `onDeath` gets a SERVICE_FAILED when it ends unasked after it was ready. */
export function controlProcess(
  service: ProcessService,
  folders: Folders,
  onDeath: (error: SluiceError) => void,
): RunningService {
  const logFile = folders.logFile(service.name)
  let child: ChildProcess | null = null
  let endIsWanted = false

  const failure = (what: string, cause?: unknown) =>
    new SluiceError('SERVICE_FAILED', `${serviceTitles[service.name]} ${what}; see ${logFile}\n${lastLines(logFile)}`, {
      cause,
    })

  return {
    name: service.name,
    get pid() {
      return child?.pid ?? 0
    },
    async start() {
      endIsWanted = false
      emptyFolder(folders.temporary(service.name))
      const command = await service.prepare()
      if (endIsWanted) throw failure('was stopped before it was started')
      const started = startChild(folders.folder, service.name, command, logFile)
      child = started
      let ended = false
      const death = started.exited.then((exit) => {
        ended = true
        if (child === started) child = null
        return endIsWanted ? null : failure(describeExit(exit))
      })
      const ready = until(service.checkReady, { pollMs, deadlineMs: service.readyWithinMs }, () => ended)
      const early = await Promise.race([death.then((error) => ({ error })), settled(ready)])
      if (endIsWanted) throw failure('was stopped before it was ready')
      if (ended) throw (await death) ?? failure('ended before it was ready')
      if (early.error) throw failure(`was not ready within ${service.readyWithinMs / 1000} s`, early.error)
      void death.then((error) => error && onDeath(error))
    },
    async stop() {
      endIsWanted = true
      await child?.stop(service.stopWithinMs)
      rmSync(folders.temporary(service.name), { recursive: true, force: true, maxRetries: 3 })
    },
    async kill(signal) {
      const target = child
      if (!target) return
      const ends = endingSignals.includes(signal)
      endIsWanted ||= ends
      target.signal(signal)
      if (ends) await target.exited
    },
  }
}

/** The outcome of a promise as a value; `error` is null when it was kept. */
const settled = (promise: Promise<unknown>): Promise<{ error: unknown }> =>
  promise.then(
    () => ({ error: null }),
    (error: unknown) => ({ error: error ?? new Error('unknown') }),
  )

function emptyFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true, mode: 0o700 })
}
