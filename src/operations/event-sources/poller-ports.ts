/**
 * What every poller of an environment reaches beside Kafka and its functions.
 */
import { awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { destinationOpener } from '../../event-source/destination/open.ts'
import type { PollerOptions } from '../../event-source/poller.ts'
import { secretsManager } from '../../event-source/secrets.ts'

/** On-failure destinations, and the secrets that mappings name. */
export function pollerPorts(aws: AwsEndpoint) {
  const clientConfig = awsConfig(aws)
  return {
    openDestination: destinationOpener({ clientConfig, ...aws }),
    secrets: secretsManager(clientConfig),
  } satisfies Partial<PollerOptions>
}
