/**
 * Kafka: a cluster of Amazon MSK, made here or existing, and where its brokers are.
 */
import { CfnServerlessCluster } from 'aws-cdk-lib/aws-msk'
import { type App, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { AwsSettings } from '../aws-settings.ts'
import type { Cluster } from '../cluster.ts'
import { BrokerAddresses } from '../constructs/broker-addresses.ts'
import { ProvisionedCluster } from '../constructs/provisioned-cluster.ts'
import type { Network } from './network-stack.ts'

export type StreamingStackProps = StackProps & { readonly settings: AwsSettings; readonly network: Network }

export class StreamingStack extends Stack {
  readonly cluster: Cluster

  constructor(app: App, id: string, { settings, network, ...props }: StreamingStackProps) {
    super(app, id, { description: 'Sluice: Kafka', ...props })
    const { arn, access } = this.clusterOf(settings, network)
    const { bootstrapServers } = new BrokerAddresses(this, 'BrokerAddresses', {
      clusterArn: arn,
      kind: access.kind,
      retention: settings.logDays,
    })
    this.cluster = { arn, access, bootstrapServers }
  }

  private clusterOf(settings: AwsSettings, network: Network): Pick<Cluster, 'arn' | 'access'> {
    const { cluster, stage, data } = settings
    if (cluster.kind === 'existing') return { arn: cluster.arn, access: { kind: 'iam' } }
    const removal = data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    if (cluster.kind === 'provisioned') return new ProvisionedCluster(this, 'Cluster', { settings, network, removal })
    const serverless = new CfnServerlessCluster(this, 'Cluster', {
      clusterName: `sluice-${stage}`,
      clientAuthentication: { sasl: { iam: { enabled: true } } },
      vpcConfigs: [
        {
          subnetIds: network.vpc.selectSubnets(network.privateSubnets).subnetIds,
          securityGroups: [network.brokers.securityGroupId],
        },
      ],
    })
    serverless.applyRemovalPolicy(removal)
    return { arn: serverless.attrArn, access: { kind: 'iam' } }
  }
}
