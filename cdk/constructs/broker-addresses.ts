/**
 * The brokers' addresses of a cluster, which CloudFormation has no attribute for: asked of the MSK API when it deploys.
 */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import { FunctionLogGroup } from './log-group.ts'

const functionName = 'sluice-broker-addresses'

/** The field of `GetBootstrapBrokers` by how clients prove who they are. */
const fields = { iam: 'BootstrapBrokerStringSaslIam', scram: 'BootstrapBrokerStringSaslScram' } as const

export type BrokerAddressesProps = {
  readonly clusterArn: string
  readonly kind: keyof typeof fields
  readonly retention: RetentionDays
}

export class BrokerAddresses extends Construct {
  /** Comma-joined host:port list. */
  readonly bootstrapServers: string

  constructor(scope: Construct, id: string, { clusterArn, kind, retention }: BrokerAddressesProps) {
    super(scope, id)
    const field = fields[kind]
    const logGroup = new FunctionLogGroup(this, 'Logs', functionName, retention)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(logGroup.writeStatement)
    const asked = new AwsCustomResource(this, 'Resource', {
      resourceType: 'Custom::SluiceBrokerAddresses',
      functionName,
      role,
      logGroup,
      installLatestAwsSdk: false,
      onUpdate: {
        service: 'Kafka',
        action: 'GetBootstrapBrokers',
        parameters: { ClusterArn: clusterArn },
        physicalResourceId: PhysicalResourceId.of(functionName),
        outputPaths: [field],
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['kafka:GetBootstrapBrokers'], resources: [clusterArn] }),
      ]),
    })
    this.bootstrapServers = asked.getResponseField(field)
  }
}
