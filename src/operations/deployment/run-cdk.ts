/**
 * Running calls of `cdk` in front of a person: its questions and its output are theirs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SluiceError } from '../../core/errors.ts'
import { cloneFolder } from '../places.ts'
import { cdkProgram } from './cdk.ts'
import type { CdkCall } from './cdk-calls.ts'

/** Runs the calls one after another; the first that fails ends it. Fails with DEPLOY_FAILED. */
export async function runCdk(calls: readonly CdkCall[]): Promise<void> {
  for (const { args, variables } of calls) {
    const child = spawn(process.execPath, [cdkProgram, ...args], {
      cwd: cloneFolder,
      env: { ...process.env, ...variables },
      stdio: 'inherit',
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new SluiceError('DEPLOY_FAILED', `cdk ${args[0]} ended with code ${code}; it says why above`)
  }
}
