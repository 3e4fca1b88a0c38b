/**
 * The whole event path: an event source mapping with batching window 0 on the deployed write function.
 */
import { awsConfig } from '../src/connect/aws.ts'
import { lambdaInvoker } from '../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../src/event-source/mapping.ts'
import { startPoller } from '../src/event-source/poller.ts'
import { runFunctions, runSettings } from '../src/operations/event-sources/run-functions.ts'
import type { Consume } from './consume-bare.ts'
import { pipeline, writeFunction } from './workload.ts'

/** The mapping's properties are those of the app's own mappings. */
export async function consumeMapped(
  way: 'inProcess' | 'invokeApi',
  { endpoints, groupId }: Parameters<Consume>[0],
  onCommitted: Parameters<Consume>[1],
): ReturnType<Consume> {
  const { kafka, aws } = endpoints
  const mapping = parseMapping(groupId, {
    FunctionName: writeFunction,
    Topics: [pipeline.topic.name],
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: [kafka.bootstrapServers] } },
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  })
  const invoker =
    way === 'invokeApi' ? { ...lambdaInvoker(awsConfig(aws)), close: async () => {} } : runFunctions(aws, () => {})
  const committed = new Map<number, number>()
  const poller = await startPoller({
    mappings: [mapping],
    invoker,
    settings: runSettings,
    report(event) {
      if (event.type !== 'commit') return
      for (const [partition, offset] of event.offsets) {
        onCommitted(offset - (committed.get(partition) ?? 0))
        committed.set(partition, offset)
      }
    },
  })
  return {
    async stop() {
      await poller.stop()
      await invoker.close()
    },
  }
}
