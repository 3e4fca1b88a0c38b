/**
 * The processes in which the emulator runs a function, as /proc shows them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { FaultEnvironment } from './environment.ts'

/** Why tests that kill a function are left out; null where they are not. */
export const unseen = existsSync('/proc/self/environ')
  ? null
  : 'which process runs which function is known from /proc only, which this system does not have'

/** The ids of the processes that run a function now. */
export function workersOf(environment: FaultEnvironment, name: string): number[] {
  const emulator = environment.service('emulator').pid
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => textOf(`/proc/${pid}/status`).includes(`\nPPid:\t${emulator}\n`))
    .filter((pid) => textOf(`/proc/${pid}/environ`).split('\0').includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`))
    .map(Number)
}

/** Empty where the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
