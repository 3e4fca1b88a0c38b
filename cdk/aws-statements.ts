/**
 * What a function's role may do on AWS, written out from what the function needs.
 */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Aws, Fn } from 'aws-cdk-lib/core'
import { keyspace, readerGroupPrefix } from '../src/core/names.ts'
import type { Access } from './access.ts'
import type { Cluster } from './cluster.ts'

export type StatementsProps = {
  readonly functionName: string
  readonly needs: Access
  readonly cluster: Cluster
  readonly registryName: string
}

/** Actions that AWS authorizes on no single resource, and why a function needs each. */
export const actionsOnAll = {
  'ec2:DescribeNetworkInterfaces':
    'Lambda looks for the interfaces of the function; Keyspaces for those of its endpoint',
  'ec2:DescribeSubnets': 'Lambda checks the subnets of the function',
  'ec2:DescribeVpcs': "the pollers of a mapping look up the cluster's VPC",
  'ec2:DescribeSecurityGroups': "the pollers of a mapping look up the cluster's security groups",
  'ec2:DescribeManagedPrefixLists': 'the deployment looks up the addresses of S3 by a name that AWS gives them',
  'ec2:DescribeVpcEndpoints': 'Keyspaces fills system.peers, which the driver reads, from its endpoint in the VPC',
  'glue:GetSchemaVersion': 'a schema is asked for by the id in a record, which names no registry and no schema',
} as const

/** The statements of a function in the VPC, without that for its log. */
export function statementsFor(props: StatementsProps): PolicyStatement[] {
  return [
    ...networkStatements(props),
    ...kafkaStatements(props),
    ...keyspacesStatements(props),
    ...glueStatements(props),
    ...secretStatements(props),
  ]
}

/** Lets a role do something with some resources. */
export const allow = (actions: readonly string[], ...resources: readonly string[]) =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] })

/** Lets a role do what AWS authorizes on no single resource. */
export const onAll = (...actions: readonly (keyof typeof actionsOnAll)[]) => allow(actions, '*')

/** The ARN of something in this account and region. */
export const arn = (service: string, rest: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`

/** Lambda makes the function's network interfaces with the function's own role; its code must not. */
function networkStatements({ functionName }: StatementsProps): PolicyStatement[] {
  const changes = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]
  // Interfaces have no name before they are made; Lambda's documentation asks for all of the account and region.
  return [
    allow(changes, arn('ec2', '*/*')),
    onAll('ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: changes,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': arn('lambda', `function:${functionName}`) } },
    }),
  ]
}

function kafkaStatements({ needs, cluster }: StatementsProps): PolicyStatement[] {
  const polled =
    needs.consume.length > 0
      ? [
          allow(['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], cluster.arn),
          onAll('ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'),
        ]
      : []
  if (cluster.access.kind === 'scram') {
    const { secretArn, keyArn } = cluster.access
    return [...polled, allow(['secretsmanager:GetSecretValue'], secretArn), allow(['kms:Decrypt'], keyArn)]
  }
  return [...polled, ...brokerStatements(needs, cluster.arn)]
}

/** The ARN of a topic or group of a cluster: arn:…:cluster/NAME/ID has topics arn:…:topic/NAME/ID/TOPIC. */
export function kafkaArn(clusterArn: string): (kind: 'topic' | 'group', name: string) => string {
  const part = (index: number) => Fn.select(index, Fn.split(':cluster/', clusterArn))
  return (kind, name) => `${part(0)}:${kind}/${part(1)}/${name}`
}

/** Kafka's own authorization, by MSK's IAM authentication. */
function brokerStatements(
  { produce, consume, readBack, observe, ensureTopics }: Access,
  clusterArn: string,
): PolicyStatement[] {
  const within = kafkaArn(clusterArn)
  const topics = (names: readonly string[]) => names.map((name) => within('topic', name))
  return [
    allow(['kafka-cluster:Connect'], clusterArn),
    ...(produce.length > 0
      ? [allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'], ...topics(produce))]
      : []),
    ...(consume.length > 0
      ? [
          allow(['kafka-cluster:DescribeClusterDynamicConfiguration'], clusterArn),
          allow(
            ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
            ...topics(consume.map(({ topic }) => topic)),
          ),
          allow(
            ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
            ...consume.map(({ group }) => within('group', group)),
            ...(readBack === null ? [] : [within('group', `${readBack}*`)]),
          ),
        ]
      : []),
    ...(observe
      ? [
          allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], ...topics(observe.topics)),
          allow(['kafka-cluster:DescribeGroup'], ...observe.groups.map((group) => within('group', group))),
          allow(
            ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup', 'kafka-cluster:DeleteGroup'],
            within('group', `${readerGroupPrefix}*`),
          ),
        ]
      : []),
    ...(ensureTopics.length > 0
      ? [
          allow(
            [
              'kafka-cluster:CreateTopic',
              'kafka-cluster:DescribeTopic',
              'kafka-cluster:DescribeTopicDynamicConfiguration',
              'kafka-cluster:AlterTopicDynamicConfiguration',
            ],
            ...topics(ensureTopics),
          ),
        ]
      : []),
  ]
}

function keyspacesStatements({ needs: { select, modify } }: StatementsProps): PolicyStatement[] {
  if (select.length + modify.length === 0) return []
  const table = (name: string) => arn('cassandra', `/keyspace/${keyspace}/table/${name}`)
  // The driver reads what nodes and tables there are from system keyspaces.
  const system = arn('cassandra', '/keyspace/system*')
  return [
    allow(['cassandra:Select'], ...select.map(table), system),
    allow(['cassandra:Modify'], ...modify.map(table)),
    onAll('ec2:DescribeVpcEndpoints'),
  ]
}

/** Secrets are known by name only: Secrets Manager adds six characters to the ARN. */
function secretStatements({ needs: { secrets } }: StatementsProps): PolicyStatement[] {
  if (secrets.length === 0) return []
  return [
    allow(['secretsmanager:GetSecretValue'], ...secrets.map((name) => arn('secretsmanager', `secret:${name}-??????`))),
  ]
}

function glueStatements({ needs: { subjects, ensureSubjects }, registryName }: StatementsProps): PolicyStatement[] {
  const registry = arn('glue', `registry/${registryName}`)
  const schemas = (names: readonly string[]) => names.map((name) => arn('glue', `schema/${registryName}/${name}`))
  if (ensureSubjects.length > 0) {
    return [
      allow(
        [
          'glue:CreateSchema',
          'glue:GetRegistry',
          'glue:GetSchema',
          'glue:GetSchemaByDefinition',
          'glue:RegisterSchemaVersion',
          'glue:UpdateSchema',
        ],
        registry,
        ...schemas(ensureSubjects),
      ),
      onAll('glue:GetSchemaVersion'),
    ]
  }
  if (subjects.length === 0) return []
  return [
    // What is not found is asked for again by its registry, which tells a missing schema from a missing registry.
    allow(['glue:GetRegistry', 'glue:GetSchemaByDefinition'], registry, ...schemas(subjects)),
    onAll('glue:GetSchemaVersion'),
  ]
}
