/**
 * Running deployed functions in this process instead of through the Invoke API.
 */
import { awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { deployedFunctions } from '../../event-source/in-process/deployed-functions.ts'
import { type InProcessInvoker, inProcessInvoker } from '../../event-source/in-process/in-process-invoker.ts'
import type { PollerSettings } from '../../event-source/settings.ts'

/** One worker a function: its time goes into waiting for databases, and each further one costs the memory of a heap. */
const workers = 1

/** Settings of a poller over {@link runFunctions}: while the worker has one event, the next one is being built. */
export const runSettings: Partial<PollerSettings> = {
  maxConcurrentInvocations: workers + 1,
}

/** An invoker for the functions that are deployed at an endpoint. `log` gets what they print. */
export function runFunctions(aws: AwsEndpoint, log: (functionName: string, text: string) => void): InProcessInvoker {
  const { endpoint, region, credentials } = awsConfig(aws)
  return inProcessInvoker({
    functions: deployedFunctions(awsConfig(aws)),
    concurrency: workers,
    awsEnvironment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    log,
  })
}
