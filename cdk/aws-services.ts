/**
 * The services of target aws as its functions meet them: MSK, Keyspaces and Glue.
 */
import { Aws } from 'aws-cdk-lib/core'
import type { AwsSettings } from './aws-settings.ts'
import { statementsFor } from './aws-statements.ts'
import type { Cluster } from './cluster.ts'
import type { Services } from './services.ts'
import { standIn } from './source-place.ts'
import type { Network } from './stacks/network-stack.ts'

export type AwsServicesProps = {
  readonly settings: AwsSettings
  readonly network: Network
  readonly cluster: Cluster
  readonly registryName: string
}

/** Mappings of one group share the capacity that is paid for; see docs/aws.md. */
const pollerGroup = 'sluice'

/** Pollers try a batch again without end, as an on-failure destination would end that after ten tries. */
export function awsServices({ settings, network, cluster, registryName }: AwsServicesProps): Services {
  const { access } = cluster
  return {
    environment: {
      bootstrapServers: cluster.bootstrapServers,
      kafka: access.kind === 'iam' ? { kind: 'iam', region: Aws.REGION } : { kind: 'scram', secret: access.secretArn },
      cassandra: { kind: 'keyspaces', region: Aws.REGION },
      registry: { kind: 'glue', name: registryName, region: Aws.REGION },
      sourceUrl: null,
    },
    sourceOf: (pipeline) => ({ standIn: settings.sourceUrl && standIn(settings.sourceUrl, pipeline) }),
    network: (reads) => ({
      vpc: network.vpc,
      vpcSubnets: network.privateSubnets,
      securityGroups: reads === 'sources' ? [network.functions, network.sources] : [network.functions],
    }),
    statements: (_, functionName, needs) => statementsFor({ functionName, needs, cluster, registryName }),
    mappingSource: (group, partitions) => ({
      EventSourceArn: cluster.arn,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
      ...(access.kind === 'scram'
        ? { SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: access.secretArn }] }
        : {}),
      // A poller more than partitions would have nothing to poll.
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: partitions, PollerGroupName: pollerGroup },
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
    }),
    mappings: 'resource',
    ensured: (topology) => ({ ...topology, tables: [] }),
    logRetention: settings.logDays,
  }
}
