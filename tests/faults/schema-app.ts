/**
 * The app with a changed definition, deployed by the real cdk over an environment that runs.
 */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { awsConfig } from '../../src/connect/aws.ts'
import { functionName } from '../../src/core/names.ts'
import { deploy } from '../../src/operations/deployment/deploy.ts'
import { cloneFolder } from '../../src/operations/places.ts'
import type { FaultEnvironment } from './environment.ts'

const sources = [
  'cdk',
  'cdk.json',
  'functions',
  'layers',
  'package.json',
  'package-lock.json',
  'pipelines',
  'scripts',
  'spark',
  'src',
  'tsconfig.json',
]

/** A copy of an app below the folder, with replacements in pipelines/users.ts, each of which must apply. */
export async function changedApp(
  folder: string,
  name: string,
  replacements: readonly (readonly [from: string, to: string])[] = [],
  original: string = cloneFolder,
): Promise<string> {
  const app = join(folder, name)
  await mkdir(app, { recursive: true })
  for (const source of sources) await cp(join(original, source), join(app, source), { recursive: true })
  await symlink(join(cloneFolder, 'node_modules'), join(app, 'node_modules'))
  const file = join(app, 'pipelines/users.ts')
  let text = await readFile(file, 'utf8')
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`pipelines/users.ts does not hold: ${from}`)
    text = text.replace(from, to)
  }
  await writeFile(file, text)
  return app
}

/** Deploys the app in a folder and waits for cdk's end; what was reported. */
export async function deployed({ endpoints, folder }: FaultEnvironment, app: string): Promise<string[]> {
  const lines: string[] = []
  const { finished } = await deploy({
    endpoints,
    folder,
    sources: 'bundled',
    app,
    report: (line) => lines.push(line),
    signal: new AbortController().signal,
  })
  await finished
  return lines
}

/** The hash of each deployed function's code. */
export async function functionCode({ endpoints }: FaultEnvironment): Promise<Record<string, string | undefined>> {
  const lambda = new LambdaClient(awsConfig(endpoints.aws))
  const names = (['ingest', 'process', 'write'] as const).map((stage) => functionName('users', stage))
  const hashes = names.map(async (FunctionName) => {
    const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    return [FunctionName, CodeSha256] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}
