/**
 * One child process with a log file, in a process group of its own, on the environment's record.
 * Not for knowing when it is ready.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { endProcess, killGroup, signalProcess } from './end-process.ts'
import { identify } from './process-identity.ts'
import { forgetProcess, recordProcess } from './process-record.ts'

/** A program to run, with its whole environment: nothing is inherited. */
export type Command = {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** How a process ended. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: Error }

/** A running child. */
export type ChildProcess = {
  readonly pid: number
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<Exit>
  /** SIGTERM, and SIGKILL after the deadline; resolves when it has ended. */
  stop(deadlineMs: number): Promise<void>
  signal(signal: NodeJS.Signals): void
}

/**
 * Starts a command; what it prints is appended to `logFile`. A terminal's Ctrl-C does not reach it; a parent that ends
 * without stopping it sends it SIGTERM.
 */
export function startChild(folder: string, service: string, command: Command, logFile: string): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a')
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const pid = child.pid ?? 0
  if (pid !== 0) recordProcess(folder, service, pid)
  const identity = identify(pid)
  const endWithParent = () => signalProcess(pid, 'SIGTERM')
  if (pid !== 0) process.on('exit', endWithParent)
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => {
      process.off('exit', endWithParent)
      killGroup(pid)
      forgetProcess(folder, pid)
      resolve({ code, signal })
    })
  })
  return {
    pid,
    exited,
    async stop(deadlineMs) {
      if (identity) await endProcess(identity, deadlineMs)
      if (pid !== 0) await exited
    },
    signal: (signal) => signalProcess(pid, signal),
  }
}

/** The last lines of a log file, at most `count`. */
export function lastLines(logFile: string, count = 8): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return ''
  }
}

/** How a process ended, in words. */
export function describeExit({ code, signal, error }: Exit): string {
  if (error) return `could not be started (${error.message})`
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`
}
