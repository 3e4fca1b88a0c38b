/**
 * A cluster of MSK brokers whose clients log in with SASL/SCRAM, for those who want brokers of their own.
 */
import { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnBatchScramSecret, CfnCluster, CfnConfiguration } from 'aws-cdk-lib/aws-msk'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { AwsSettings, AwsStage } from '../aws-settings.ts'
import type { BrokerAccess } from '../cluster.ts'
import type { Network } from '../stacks/network-stack.ts'

export type ProvisionedClusterProps = {
  readonly settings: AwsSettings
  readonly network: Network
  readonly removal: RemovalPolicy
}

const kafkaVersion = '3.9.x.kraft'
/** The smallest that MSK still takes for a new cluster: kafka.t3.small, which its documentation lists, is refused since 2026. */
const instanceType = 'kafka.m7g.large'
const volumeGiB = { dev: 20, prod: 200 } as const satisfies Record<AwsStage, number>

/** A record is acknowledged when two of three brokers have it; topics come from the app alone. */
const brokerProperties = [
  'auto.create.topics.enable=false',
  'default.replication.factor=3',
  'min.insync.replicas=2',
  'unclean.leader.election.enable=false',
].join('\n')

/** One broker in each zone. The login is made by Secrets Manager; no template, output or log holds it. */
export class ProvisionedCluster extends Construct {
  readonly arn: string
  readonly access: BrokerAccess

  constructor(scope: Construct, id: string, { settings, network, removal }: ProvisionedClusterProps) {
    super(scope, id)
    const { stage, logDays } = settings
    const clientSubnets = network.vpc.selectSubnets(network.privateSubnets).subnetIds
    // MSK takes no secret under the account's default key.
    const key = new Key(this, 'Key', {
      description: 'Sluice: records of Kafka at rest, and its login',
      enableKeyRotation: true,
      removalPolicy: removal,
    })
    const secret = new Secret(this, 'Login', {
      // MSK takes no secret of another prefix.
      secretName: `AmazonMSK_sluice_${stage}`,
      description: 'Login of Sluice functions to Kafka',
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'sluice' }),
        generateStringKey: 'password',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: removal,
    })
    const configuration = new CfnConfiguration(this, 'Configuration', {
      name: `sluice-${stage}`,
      serverProperties: brokerProperties,
    })
    const logs = new LogGroup(this, 'BrokerLogs', { retention: logDays, removalPolicy: removal })
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: `sluice-${stage}`,
      kafkaVersion,
      numberOfBrokerNodes: clientSubnets.length,
      configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision },
      brokerNodeGroupInfo: {
        instanceType,
        clientSubnets,
        securityGroups: [network.brokers.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: volumeGiB[stage] } },
      },
      clientAuthentication: { sasl: { scram: { enabled: true } }, unauthenticated: { enabled: false } },
      encryptionInfo: {
        encryptionAtRest: { dataVolumeKmsKeyId: key.keyArn },
        encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
      },
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } } },
    })
    cluster.applyRemovalPolicy(removal)
    new CfnBatchScramSecret(this, 'LoginOfCluster', { clusterArn: cluster.attrArn, secretArnList: [secret.secretArn] })
    this.arn = cluster.attrArn
    this.access = { kind: 'scram', secretArn: secret.secretArn, keyArn: key.keyArn }
  }
}
