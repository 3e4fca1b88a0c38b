/**
 * The analytics jobs of an environment: Spark, and the jobs that run on it.
 * Not for what each job does: see supervise-job.ts.
 */
import { install } from '../../../scripts/install.mjs'
import type { SchemaRegistry } from '../../connect/registry.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { assertPortsFree } from '../../local/port-check.ts'
import { listenersOf, type Ports } from '../../local/ports.ts'
import type { LocalStack } from '../../local/stack.ts'
import { declaredJobs } from './find-job.ts'
import { jobFiles } from './job-files.ts'
import { keepJob } from './keep-job.ts'

/** What the jobs run on. */
export type AnalyticsPlace = {
  /** Of the environment. */
  readonly folder: string
  readonly ports: Ports
  readonly endpoints: Endpoints
  readonly registry: SchemaRegistry
  /** Control over the services, which are up. */
  readonly service: LocalStack['service']
  readonly report: (line: string) => void
}

/** Jobs that are kept running. */
export type Analytics = {
  /** Ends the jobs' queries, and leaves Spark to the stack. */
  stop(): Promise<void>
}

/** How often a batch begins at most. */
const trigger = '2 seconds'

/**
 * Installs Spark where it is not, starts it, and keeps the jobs running as their words say. Null where no pipeline
 * declares a job. Fails with PORT_TAKEN, SERVICE_FAILED, or the sentence of the installation.
 */
export async function startAnalytics(pipelines: readonly Pipeline[], place: AnalyticsPlace): Promise<Analytics | null> {
  const { folder, ports, endpoints, registry, service, report } = place
  const declared = declaredJobs(pipelines)
  if (declared.length === 0) return null
  await install({ report, purpose: 'analytics' })
  await assertPortsFree(listenersOf('spark', ports))
  const startedAt = performance.now()
  await service('spark').start()
  report(`Spark ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  const kafka = { 'kafka.bootstrap.servers': endpoints.kafka.bootstrapServers }
  const kept = declared.map(({ job, pipeline }) =>
    keepJob(
      { job, pipeline, url: endpoints.spark.url, registry, place: { kafka, trigger }, report },
      jobFiles(folder, job.name),
    ),
  )
  return {
    async stop() {
      await Promise.all(kept.map((job) => job.stop()))
    },
  }
}
