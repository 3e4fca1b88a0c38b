/**
 * Running deployed event source mappings in this process, functions included: a plain consumer, without an Invoke API.
 */
import { SSMClient } from '@aws-sdk/client-ssm'
import { awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { stageMappings } from '../../core/stage-mapping.ts'
import { type MappingSource, watchMappings } from '../../event-source/mappings.ts'
import { type Poller, startPoller } from '../../event-source/poller.ts'
import type { Report } from '../../event-source/report.ts'
import { pollerPorts } from './poller-ports.ts'
import { runFunctions, runSettings } from './run-functions.ts'

/** Who hears what. */
export type RunListener = {
  readonly report: Report
  /** What functions print. */
  readonly log: (functionName: string, text: string) => void
}

/**
 * Starts the mappings of these pipelines as they are deployed; returns at once. The consumer groups are those of the
 * mappings, so that partitions are shared with any other poller, and the delivery guarantees are those of `startPoller`.
 * Fails with MAPPING_INVALID. Stopping lets invocations end, commits, and leaves the groups.
 */
export async function runPipelines(
  aws: AwsEndpoint,
  pipelines: readonly Pipeline[],
  { report, log }: RunListener,
): Promise<Poller> {
  const names = new Set(pipelines.flatMap(stageMappings).map(({ id }) => id))
  const invoker = runFunctions(aws, log)
  const poller = await startPoller({
    mappings: only(names, watchMappings(new SSMClient(awsConfig(aws)))),
    invoker,
    ...pollerPorts(aws),
    clientId: 'sluice-run',
    settings: runSettings,
    report,
  })
  return {
    status: poller.status,
    async stop() {
      await poller.stop()
      await invoker.close()
    },
  }
}

/** The mappings with these ids. */
function only(ids: ReadonlySet<string>, all: MappingSource): MappingSource {
  return async function* (signal) {
    for await (const found of all(signal)) yield found instanceof Error ? found : found.filter(({ id }) => ids.has(id))
  }
}
