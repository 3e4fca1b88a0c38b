/**
 * The functions as they are deployed: the assets of a real synth, each run in a Node of its own that knows nothing but
 * the layer, from a folder outside the clone.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { App } from 'aws-cdk-lib/core'
import { addStacks } from '../../cdk/add-stacks.ts'
import { pipelines } from '../../pipelines/index.ts'

/** A deployed function: its folder, its layer's modules, its environment. */
export type BuiltFunction = {
  readonly name: string
  readonly code: string
  readonly modules: string
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
}

/** All functions of the app, built into a temporary folder. */
export type Build = { readonly functions: readonly BuiltFunction[]; remove(): void }

type Resource = {
  readonly Type: string
  readonly Properties: {
    readonly FunctionName: string
    readonly Handler: string
    readonly Code: { readonly S3Key: string }
    readonly Content: { readonly S3Key: string }
    readonly Layers?: readonly [{ readonly Ref: string }]
    readonly Environment: { readonly Variables: Readonly<Record<string, string>> }
  }
}

/** Synthesizes the app with its assets. Functions without a layer are CDK's own and left out. */
export function buildFunctions(): Build {
  process.env.CDK_VALIDATION = 'false'
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-functions-')))
  try {
    const { context } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../cdk.json'), 'utf8'))
    const app = new App({ context: { ...context, target: 'embedded' }, outdir: folder, analyticsReporting: false })
    addStacks(app, {}, pipelines)
    writeFileSync(join(folder, 'invoke.cjs'), invokeScript)
    const functions = app.synth().stacks.flatMap(({ template }) => functionsOf(template.Resources, folder))
    return { functions, remove: () => rmSync(folder, { recursive: true, force: true }) }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function functionsOf(resources: Readonly<Record<string, Resource>>, folder: string): BuiltFunction[] {
  const asset = ({ S3Key }: { readonly S3Key: string }) => join(folder, `asset.${S3Key.replace(/\.zip$/, '')}`)
  return Object.values(resources).flatMap(({ Type, Properties: own }) => {
    const layer = resources[own?.Layers?.[0].Ref ?? '']
    if (Type !== 'AWS::Lambda::Function' || !layer) return []
    return {
      name: own.FunctionName,
      code: asset(own.Code),
      modules: join(asset(layer.Properties.Content), 'nodejs/node_modules'),
      handler: own.Handler,
      environment: own.Environment.Variables,
    }
  })
}

/** What became of an invocation; `log` is everything that the function printed. */
export type Invoked = {
  readonly parameters: number
  readonly result?: unknown
  readonly error?: { readonly name: string; readonly code?: string; readonly message: string }
  readonly log: string
}

/** Loads the handler as Lambda does and, where an event is given, invokes it. */
const invokeScript = `
const { readFileSync, writeSync } = require('node:fs')
const [module_, name] = process.argv[2].split('|')
const answer = (value) => { writeSync(3, JSON.stringify(value)); process.exit(0) }
const handler = require(module_)[name]
const parameters = typeof handler === 'function' ? handler.length : -1
const input = readFileSync(0, 'utf8')
if (input === '') answer({ parameters })
const context = { functionName: 'tested', functionVersion: '1', memoryLimitInMB: '512', awsRequestId: 'request-1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:tested', getRemainingTimeInMillis: () => 60000 }
handler(JSON.parse(input), context).then(
  (result) => answer({ parameters, result }),
  (error) => answer({ parameters, error: { name: error.name, code: error.code, message: error.message } }),
)
`

/** Runs a built function with its deployed environment, changed as given, and nothing else. Without an event it is only loaded. */
export async function run(
  { code, modules, handler, environment }: BuiltFunction,
  event?: unknown,
  changes: Readonly<Record<string, string>> = {},
): Promise<Invoked> {
  const [file = '', name = ''] = handler.split('.')
  const child = spawn(process.execPath, [join(code, '../invoke.cjs'), `${join(code, file)}|${name}`], {
    cwd: code,
    env: { NODE_PATH: modules, ...environment, ...changes },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeout: 50_000,
  })
  child.stdin.end(event === undefined ? '' : JSON.stringify(event))
  const [answer, out, problems] = await Promise.all(
    [child.stdio[3], child.stdout, child.stderr].map((stream) => text(stream as NodeJS.ReadableStream)),
  )
  if (!answer) throw new Error(`the function did not answer: ${out}${problems}`)
  return { ...JSON.parse(answer), log: `${out}${problems}` }
}
