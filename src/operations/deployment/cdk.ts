/**
 * Running the real `cdk` as a child process against an emulator.
 */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { cloneFolder, workFolder } from '../places.ts'
import { failureReasons } from './cdk-output.ts'

/** Runs one cdk command to its end; its output goes to the log file. Fails with DEPLOY_FAILED, saying why. */
export type Cdk = (...args: string[]) => Promise<void>

/** How many characters of what cdk prints are kept to say why it failed. */
const maxOutput = 1_000_000

/** The program of this clone. */
export const cdkProgram = join(cloneFolder, 'node_modules/aws-cdk/bin/cdk')

/** The variables with which cdk speaks to an emulator, and to no account of AWS whatever the machine's credentials. */
export function emulatorVariables({ endpoint, accountId, region }: AwsEndpoint): Record<string, string | undefined> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accountId,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
    CDK_HOME: join(workFolder, 'cache', 'cdk'),
  }
}

/**
 * The cdk of this clone, run on the app in a folder, for an emulator's account only; its own cache stays below
 * `.sluice/`. The signal ends it.
 */
export function cdkFor(app: string, aws: AwsEndpoint, logFile: string, signal: AbortSignal): Cdk {
  const environment = {
    ...process.env,
    ...emulatorVariables(aws),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // The templates are validated by the tests; here it would cost a second at each synth.
    CDK_VALIDATION: 'false',
    NODE_COMPILE_CACHE: join(workFolder, 'cache', 'compiled'),
  }
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [cdkProgram, ...args], {
        cwd: app,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      })
      const log = createWriteStream(logFile, { flags: 'a' })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          log.write(chunk)
          output = (output + chunk.toString()).slice(-maxOutput)
        })
      }
      child.once('error', reject)
      child.once('close', (code) => {
        log.end()
        if (code === 0) return resolve()
        const reasons = failureReasons(output)
        const tail = output.trim().split('\n').slice(-12).join('\n')
        const why =
          reasons.length > 0
            ? `: ${reasons.join('; ')}; its log is ${logFile}`
            : `; its log is ${logFile} and ends:\n${tail}`
        reject(new SluiceError('DEPLOY_FAILED', `cdk ${args[0]} ended with code ${code}${why}`))
      })
    })
}
