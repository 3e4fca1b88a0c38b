/**
 * Functions as they are deployed: configuration, code and layers from the Lambda API, unpacked into a folder of their own.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { buffer } from 'node:stream/consumers'
import {
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  LambdaClient,
  type LambdaClientConfig,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda'
import { unzipSync } from 'fflate'
import { SluiceError } from '../../core/errors.ts'
import type { FunctionPackage, FunctionSource } from './function-package.ts'

/** How long an archive may take, in ms. */
const downloadDeadlineMs = 60_000
/** Lambda's defaults of a function that says nothing. */
const defaults = { timeoutSeconds: 3, memoryMb: 128 } as const

/**
 * The functions of an account. Code goes below the temporary folder, not the clone, whose node_modules would stand in
 * for a package that the layer lacks.
 */
export function deployedFunctions(config: LambdaClientConfig): FunctionSource {
  const client = new LambdaClient(config)
  const folders: string[] = []
  return {
    find: (functionName) =>
      answered(functionName, async () => {
        const { Configuration, Code } = await client.send(new GetFunctionCommand({ FunctionName: functionName }))
        const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-function-')))
        folders.push(folder)
        // Nothing above the code says what kind of modules its files are.
        await writeFile(join(folder, 'package.json'), '{}\n')
        await unpack(Code?.Location, join(folder, 'task'))
        for (const { Arn } of Configuration?.Layers ?? []) {
          const { Content } = await client.send(new GetLayerVersionByArnCommand({ Arn }))
          await unpack(Content?.Location, join(folder, 'opt'))
        }
        return packageOf(Configuration ?? {}, folder)
      }),
    async isCurrent({ functionName, revision }) {
      const now = await answered(functionName, () =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
      )
      return now !== null && revisionOf(now) === revision
    },
    async close() {
      client.destroy()
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answered<T>(functionName: string, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException) return null
    const { name, message } = cause as Error
    const problem = `the code of function "${functionName}" could not be had: ${name}: ${message}`
    throw new SluiceError('INVOKE_FAILED', problem, { cause })
  }
}

function packageOf(configuration: FunctionConfiguration, folder: string): FunctionPackage {
  const { FunctionName: functionName = '', Timeout = defaults.timeoutSeconds, Handler = '' } = configuration
  return {
    functionName,
    functionArn: configuration.FunctionArn ?? '',
    version: configuration.Version ?? '$LATEST',
    revision: revisionOf(configuration),
    codeFolder: join(folder, 'task'),
    moduleFolders: ['nodejs/node24/node_modules', 'nodejs/node_modules'].map((path) => join(folder, 'opt', path)),
    handler: Handler,
    environment: configuration.Environment?.Variables ?? {},
    timeoutMs: Timeout * 1000,
    memoryMb: configuration.MemorySize ?? defaults.memoryMb,
    logGroupName: configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
  }
}

function revisionOf({ RevisionId, CodeSha256, LastModified }: FunctionConfiguration): string {
  return [RevisionId, CodeSha256, LastModified].join(' ')
}

/** Unpacks the archive at a URL; of two archives in one folder the later one's files win, as with layers. */
async function unpack(url: string | undefined, folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(unzipSync(await download(new URL(url ?? ''))))) {
    const path = join(folder, name)
    if (!path.startsWith(folder + sep)) throw new Error('the archive names a file outside its folder')
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true })
    if (!name.endsWith('/')) await writeFile(path, bytes)
  }
}

/** Through node:http, as `fetch` takes 10 MB of a process for good. */
async function download(url: URL): Promise<Buffer> {
  const request = (url.protocol === 'https:' ? https : http).get(url, {
    signal: AbortSignal.timeout(downloadDeadlineMs),
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  if (response.statusCode === 200) return buffer(response)
  response.resume()
  throw new Error(`the archive was answered with status ${response.statusCode}`)
}
