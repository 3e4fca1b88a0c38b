/**
 * The analytics jobs of an environment: Spark, and the jobs that run on it.
 * Not for what each job does: see supervise-job.ts.
 */
import { install } from '../../../scripts/install.mjs'
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { declaredJobs } from '../../core/declared-jobs.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { SparkView } from '../../local/hosting.ts'
import type { LocalStack } from '../../local/stack.ts'
import { jobFiles } from './job-files.ts'
import { type KeptJob, keepJob } from './keep-job.ts'

/** What the jobs run on. */
export type AnalyticsPlace = {
  /** Of the environment. */
  readonly folder: string
  readonly endpoints: Endpoints
  readonly spark: SparkView
  readonly registry: SchemaRegistry
  /** Keeps Spark running. */
  readonly keep: LocalStack['keep']
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
 * Installs Spark where it is not, starts it, and keeps the jobs running as their words say; all of it after this has
 * returned. What fails is reported: the pipelines go on without analytics.
 */
export function startAnalytics(pipelines: readonly Pipeline[], place: AnalyticsPlace): Analytics {
  const { folder, endpoints, spark, registry, keep, report } = place
  const declared = declaredJobs(pipelines)
  const ending = new AbortController()
  let kept: readonly KeptJob[] = []

  const begin = async () => {
    if (declared.length === 0) return
    await install({ report, purpose: 'analytics' })
    if (ending.signal.aborted) return
    await keep('spark')
    if (ending.signal.aborted) return
    const kafka = { 'kafka.bootstrap.servers': spark.bootstrapServers }
    kept = declared.map(({ job, pipeline }) =>
      keepJob(
        {
          ...{ job, pipeline, registry, report },
          url: endpoints.spark.url,
          place: { kafka, trigger },
          checkpoint: `${spark.checkpoints}/${job.name}/checkpoint`,
        },
        jobFiles(folder, job.name),
      ),
    )
  }

  begin().catch((error: Error) => report(`the analytics jobs do not run: ${error.message}`))
  return {
    async stop() {
      ending.abort()
      await Promise.all(kept.map((job) => job.stop()))
    },
  }
}
