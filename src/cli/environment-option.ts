/**
 * The option that says which environment a command works on, and the environment it names.
 */
import { Option } from 'commander'
import { SluiceError } from '../core/errors.ts'
import { type RunningStack, readState } from '../local/state.ts'
import type { JobPlace } from '../operations/jobs/jobs.ts'
import { environmentFolder, startCommand } from '../operations/places.ts'
import { environmentName } from './arguments.ts'

/** `--environment <name>`; `default` unless given. */
export function environmentOption(): Option {
  return new Option('--environment <name>', 'which local environment').default('default').argParser(environmentName)
}

/** An environment that is up. Fails with STACK_NOT_RUNNING. */
export function runningStack(environment: string): RunningStack {
  const state = readState(environmentFolder(environment))
  if (state?.ready) return state
  throw new SluiceError(
    'STACK_NOT_RUNNING',
    `environment "${environment}" is not ${state ? 'ready yet: wait for its first proof' : `up: start it with "${startCommand(environment)}"`}`,
  )
}

/** Where the jobs of an environment that is up are kept. Fails with STACK_NOT_RUNNING. */
export function jobPlace(environment: string): JobPlace {
  return { folder: environmentFolder(environment), pid: runningStack(environment).pid }
}
