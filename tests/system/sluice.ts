/**
 * Runs the command line of this clone as a user would, on an environment of the test's own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipelines } from '../../pipelines/index.ts'
import { readState } from '../../src/local/state.ts'
import { cloneFolder, environmentFolder } from '../../src/operations/places.ts'
import { stopSchedule } from '../fixtures/schedule.ts'

/** How a command ended. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** What a command printed, as JSON. */
export function json({ stdout }: Ended) {
  return JSON.parse(stdout)
}

/** What a command printed, as one JSON a line. */
export function lines({ stdout }: Ended) {
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** A command that goes on. */
export type Started = {
  readonly child: ChildProcess
  /** Resolves once its output holds the text; fails if it ends before. */
  said(text: string): Promise<void>
  /** What its output holds so far. */
  output(): string
}

/** The command line on one environment. */
export type Sluice = {
  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended>
  /** Starts a command that goes on. */
  start(...args: string[]): Started
  /** Ends what was started and removes the environment. */
  cleanUp(): Promise<void>
}

/** The command line on an environment of that name, which must be new. */
export function sluiceOn(environment: string): Sluice {
  const started: ChildProcess[] = []
  const launch = (args: string[]) => {
    const [command = '', ...rest] = args
    const main = [join(cloneFolder, 'src/cli/main.ts'), command, '--environment', environment, ...rest]
    const child = spawn(process.execPath, main, { cwd: cloneFolder, stdio: ['ignore', 'pipe', 'pipe'] })
    started.push(child)
    return { child, output: collect(child) }
  }
  return {
    async run(...args) {
      const { child, output } = launch(args)
      const [code] = await once(child, 'close')
      return { code, ...output }
    },
    start(...args) {
      const { child, output } = launch(args)
      return {
        child,
        output: () => output.stdout + output.stderr,
        said: (text) =>
          new Promise((resolve, reject) => {
            const look = () => (output.stdout + output.stderr).includes(text) && resolve()
            child.stdout?.on('data', look)
            child.stderr?.on('data', look)
            child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${output.stderr}`)))
            look()
          }),
      }
    },
    async cleanUp() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const closed = once(child, 'close')
        child.kill('SIGTERM')
        await closed
      }
      await rm(environmentFolder(environment), { recursive: true, force: true })
    },
  }
}

/**
 * Brings a new environment up with a first run of each of these pipelines, of so many records and seed `first`. All
 * schedules are stopped as soon as they are deployed, so that only the test's own runs follow; Spark is left out.
 */
export async function unscheduledUp(sluice: Sluice, environment: string, records: number, names = ['users']) {
  const asked = ['--pipelines', names.join(','), '--records', String(records), '--seed', 'first']
  const started = sluice.start('up', '--fresh', '--free-ports', '--no-analytics', ...asked)
  await started.said('app deployed')
  const state = readState(environmentFolder(environment))
  if (!state) throw new Error('the environment is up but has no state')
  for (const { name } of pipelines) await stopSchedule(state.endpoints.aws, name)
  await started.said('where to look next')
  return { child: started.child, endpoints: state.endpoints, output: started.output() }
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk
  })
  return output
}
