/**
 * A poller as a process of its own, to be killed by tests/faults/kills-poller.test.ts: loads the deployed mappings.
 * Argument: JSON of the AWS endpoint and of settings that differ. Prints one line per event; ends orderly on SIGTERM.
 */
import { SSMClient } from '@aws-sdk/client-ssm'
import { awsConfig } from '../../src/connect/aws.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { loadMappings } from '../../src/event-source/mappings.ts'
import { startPoller } from '../../src/event-source/poller.ts'

const { aws, settings } = JSON.parse(process.argv[2] ?? '{}')
const poller = await startPoller({
  mappings: await loadMappings(new SSMClient(awsConfig(aws))),
  invoker: lambdaInvoker(awsConfig(aws)),
  settings,
  report: ({ type, mapping }) => process.stdout.write(`${type} ${mapping}\n`),
})
process.once('SIGTERM', () => {
  void poller.stop().then(() => process.exit(0))
})
