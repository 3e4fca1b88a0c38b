/**
 * Bringing an environment up: services, the deployed app, the poller. And down again, in order.
 */
import { SSMClient } from '@aws-sdk/client-ssm'
import { awsConfig } from '../connect/aws.ts'
import type { Endpoints } from '../core/endpoints.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { lambdaInvoker } from '../event-source/lambda-invoker.ts'
import { watchMappings } from '../event-source/mappings.ts'
import { type Poller, startPoller } from '../event-source/poller.ts'
import type { HostingOf } from '../local/hosting.ts'
import type { Ports } from '../local/ports.ts'
import { type LocalStack, startStack } from '../local/stack.ts'
import { type Clients, openClients } from './clients.ts'
import { deploy } from './deployment/deploy.ts'
import { invokeSettings } from './event-sources/invoke-settings.ts'
import { pollerPorts } from './event-sources/poller-ports.ts'
import { publishStatus } from './event-sources/poller-status.ts'
import { keepPaused } from './runs/schedules.ts'

/** How to bring an environment up. */
export type UpOptions = {
  /** Holds the environment's data, logs and state. */
  readonly folder: string
  readonly ports: Ports
  /** Whether to begin with no data at all. */
  readonly fresh: boolean
  readonly sources: 'bundled' | 'live'
  /** How the services run; child processes unless given. */
  readonly hosting?: HostingOf
  readonly report: (line: string) => void
}

/** An environment that is up. */
export type RunningEnvironment = {
  readonly endpoints: Endpoints
  readonly clients: Clients
  readonly poller: Poller
  /** Control over one of the services. */
  readonly service: LocalStack['service']
  /** Rejects with SERVICE_FAILED when a service ends unasked. */
  readonly failed: Promise<never>
  /** Begins to install and start Spark, and keeps the analytics jobs running until the environment stops. */
  startAnalytics(pipelines: readonly Pipeline[]): Promise<void>
  /** Stops poller and services in order; resolves when all have ended. */
  stop(): Promise<void>
}

/**
 * Brings an environment up. The app is deployed while the services start; the signal ends the attempt and stops what
 * was started. Fails with PREREQUISITE_MISSING, PORT_TAKEN, STACK_ALREADY_RUNNING, SERVICE_FAILED or DEPLOY_FAILED.
 */
export async function bringUp(
  { folder, ports, fresh, sources, hosting, report }: UpOptions,
  signal: AbortSignal,
): Promise<RunningEnvironment> {
  const stack = await startStack({ folder, ports, fresh, report, ...(hosting ? { hosting } : {}) })
  const { endpoints, functionView } = stack
  const ending = new AbortController()
  const stops: (() => unknown)[] = [() => stack.stop()]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  const deployed = stack.ready.emulator.then(async () => {
    const { finished } = await deploy({ endpoints, functionView, folder, sources, report, signal: ending.signal })
    stops.push(() => finished.catch((error: Error) => report(error.message)))
    await stack.save()
  })
  try {
    await Promise.race([Promise.all([stack.allReady, deployed]), stack.failed, aborted(signal)])
    const clients = await openClients(endpoints)
    stops.push(() => clients.close())
    await keepPaused(endpoints.aws, clients)
    const poller = await startPoller({
      mappings: watchMappings(new SSMClient(awsConfig(endpoints.aws))),
      invoker: lambdaInvoker(awsConfig(endpoints.aws)),
      ...pollerPorts(endpoints.aws),
      settings: invokeSettings,
    })
    stops.push(publishStatus(folder, 'npm start', poller.status))
    stops.push(() => poller.stop())
    const startJobs = async (pipelines: readonly Pipeline[]) => {
      // Loaded here, as no other command needs Spark's client.
      const { startAnalytics } = await import('./jobs/analytics.ts')
      const analytics = startAnalytics(pipelines, {
        folder,
        endpoints,
        spark: stack.sparkView,
        registry: clients.registry,
        keep: stack.keep,
        report,
      })
      stops.push(() => analytics.stop())
    }
    return {
      ...{ endpoints, clients, poller, service: stack.service, failed: stack.failed, stop },
      startAnalytics: startJobs,
    }
  } catch (error) {
    ending.abort()
    await deployed.catch(() => {})
    await stop()
    throw error
  }
}

/** Rejects when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
