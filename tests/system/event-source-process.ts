/**
 * A poller as a process of its own, to be killed, frozen or measured by tests.
 * Argument: JSON of the mapping's id and property object, of the Lambda endpoint or of functions to run in threads, of
 * where AWS's other APIs are, if need be, and of settings that differ. Tells the parent what it reports, where that listens. Ends orderly on SIGTERM.
 */
import { awsConfig } from '../../src/connect/aws.ts'
import { destinationOpener } from '../../src/event-source/destination/open.ts'
import { inProcessInvoker } from '../../src/event-source/in-process/in-process-invoker.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import { startPoller } from '../../src/event-source/poller.ts'

const { id, properties, endpoint, functions, aws, settings = {} } = JSON.parse(process.argv[2] ?? '{}')
const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' }
const inThreads = () =>
  inProcessInvoker({
    functions: { find: async (name) => functions[name] ?? null, isCurrent: async () => true, close: async () => {} },
    concurrency: 2,
    awsEnvironment: {},
    log: () => {},
  })
const poller = await startPoller({
  mappings: [parseMapping(id, properties)],
  invoker: functions ? inThreads() : lambdaInvoker({ endpoint, region: 'us-east-1', credentials }),
  ...(aws ? { openDestination: destinationOpener({ clientConfig: awsConfig(aws), ...aws }) } : {}),
  settings,
  report: (event) => process.send?.(event),
})
let peakBytes = 0
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, 50).unref()
process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', () => {
  void poller.stop().then(() => {
    if (!process.send) process.exit(0)
    process.send({ type: 'memory', peakBytes }, () => process.exit(0))
  })
})
