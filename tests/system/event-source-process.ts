/**
 * A poller as a process of its own, to be killed by tests/system/event-source-kills.test.ts.
 * Argument: JSON of the mapping's id and property object and of the Lambda endpoint. Ends orderly on SIGTERM.
 */
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import { startPoller } from '../../src/event-source/poller.ts'

const { id, properties, endpoint } = JSON.parse(process.argv[2] ?? '{}')
const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' }
const poller = await startPoller({
  mappings: [parseMapping(id, properties)],
  invoker: lambdaInvoker({ endpoint, region: 'us-east-1', credentials }),
})
process.once('SIGTERM', () => {
  void poller.stop().then(() => process.exit(0))
})
