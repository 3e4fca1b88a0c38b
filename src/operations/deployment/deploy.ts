/**
 * Deploying the app to a running environment: bootstrap once, synthesize what changed, deploy what is not deployed.
 */
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { awsConfig } from '../../connect/aws.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { FunctionView } from '../../local/hosting.ts'
import { cloneFolder, workFolder } from '../places.ts'
import { type Cdk, cdkFor } from './cdk.ts'
import { fingerprint } from './fingerprint.ts'
import { stacksCreated } from './stack-status.ts'

/** What to deploy, and where to. */
export type DeployOptions = {
  readonly endpoints: Endpoints
  /** Where functions find the services, unless where this process does. */
  readonly functionView?: FunctionView
  /** The environment's folder; the log of cdk goes below it. */
  readonly folder: string
  /** Whether functions read the pipelines' own sources instead of the bundled one. */
  readonly sources: 'bundled' | 'live'
  /** Absolute; the folder of the app's sources, this clone unless given. */
  readonly app?: string
  readonly report: (line: string) => void
  /** Ends the attempt, `cdk` included. */
  readonly signal: AbortSignal
}

/** The SSM parameter that holds the fingerprint of what is deployed: it is gone when the emulator's data is. */
const deploymentParameter = '/sluice/deployment'
/** What it holds from the begin of an update to its end, so that one that failed is never taken for deployed. */
const unfinished = 'unfinished'
/** The SSM parameter that `cdk bootstrap` leaves behind. */
const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version'

/** A deployment whose stacks are complete. */
export type Deployment = {
  /** Resolves when `cdk` itself has ended, which can be seconds later: it looks at the stacks every 5 s only. */
  readonly finished: Promise<void>
}

/**
 * Deploys the app with cdk unless exactly this is deployed. The services need not be ready, as the app's custom
 * resource waits for them; the emulator must be. Over an app that runs, the functions come after topics, tables and
 * schemas, so that a change which these refuse leaves the app as it is. Fails with DEPLOY_FAILED.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { endpoints, functionView, folder, sources, app = cloneFolder, report, signal } = options
  const began = performance.now()
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`
  const context = contextOf(endpoints, sources, functionView)
  const wanted = await fingerprint(app, context)
  const ssm = new SSMClient(awsConfig(endpoints.aws))
  const deployed = await parameter(ssm, deploymentParameter)
  if (deployed === wanted) {
    report('app deployed already, nothing changed')
    return { finished: Promise.resolve() }
  }
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  const cdk = cdkFor(app, endpoints.aws, join(logs, 'cdk.log'), signal)
  const stacks = deployed === null ? 'together' : 'inOrder'
  const [assembly] = await Promise.all([
    synthesized(cdk, `${wanted}-${stacks}`, { ...context, stacks }),
    bootstrapped(cdk, endpoints, ssm),
  ])
  report(`app synthesized and account bootstrapped in ${seconds()}`)
  const created = await stacksCreated(endpoints.aws, assembly)
  if (deployed !== null) await saveParameter(ssm, unfinished)
  const finished = cdk(...deployCommand, '--app', assembly)
  const seen = new AbortController()
  await Promise.race([finished, created(seen.signal)]).finally(() => seen.abort())
  await saveParameter(ssm, wanted)
  report(`app deployed after ${seconds()}`)
  return { finished }
}

const deployCommand = ['deploy', '--all', '--require-approval', 'never', '--method', 'direct', '--concurrency', '2']

/** The context that deploys to these endpoints; see cdk/settings.ts. */
export function contextOf(
  endpoints: Endpoints,
  sources: 'bundled' | 'live',
  functionView: FunctionView = { target: 'embedded', endpoints },
) {
  const { kafka, cassandra, registry, source } = functionView.endpoints
  return {
    target: functionView.target,
    bootstrapServers: kafka.bootstrapServers,
    pollerBootstrapServers: endpoints.kafka.bootstrapServers,
    cassandraHost: cassandra.host,
    cassandraPort: String(cassandra.port),
    cassandraLocalDataCenter: cassandra.localDataCenter,
    registryUrl: registry.url,
    sourceUrl: source.url,
    sources,
  }
}

/** The cloud assembly of these sources and this context: made once, kept in the cache. */
async function synthesized(cdk: Cdk, name: string, context: Readonly<Record<string, string>>): Promise<string> {
  const cache = join(workFolder, 'cache', 'assemblies')
  const assembly = join(cache, name)
  if (await exists(assembly)) return assembly
  await mkdir(cache, { recursive: true })
  const temporary = `${assembly}.${process.pid}`
  const options = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`])
  await cdk('synth', '--quiet', '--output', temporary, ...options)
  await rename(temporary, assembly).catch(async (error) => {
    await rm(temporary, { recursive: true, force: true })
    if (!(await exists(assembly))) throw error
  })
  return assembly
}

async function bootstrapped(cdk: Cdk, { aws }: Endpoints, ssm: SSMClient): Promise<void> {
  if ((await parameter(ssm, bootstrapParameter)) !== null) return
  await cdk('bootstrap', `aws://${aws.accountId}/${aws.region}`, '--app', '')
}

async function saveParameter(ssm: SSMClient, value: string): Promise<void> {
  await ssm.send(new PutParameterCommand({ Name: deploymentParameter, Value: value, Type: 'String', Overwrite: true }))
}

/** The fingerprint of what is deployed to an emulator; null when nothing is, or an update of it has not ended. */
export async function deployedFingerprint({ aws }: Endpoints): Promise<string | null> {
  const deployed = await parameter(new SSMClient(awsConfig(aws)), deploymentParameter)
  return deployed === unfinished ? null : deployed
}

async function parameter(ssm: SSMClient, name: string): Promise<string | null> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }))
    return Parameter?.Value ?? null
  } catch (error) {
    if (error instanceof ParameterNotFound) return null
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
