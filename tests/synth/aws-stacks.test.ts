import { Match } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { describe, expect, test } from 'vitest'
import { pipeline as users } from '../../pipelines/users.ts'
import { parseEnvironment } from '../../src/core/environment.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { awsStacks, awsTemplates, resources } from './templates.ts'

const made = awsTemplates()
const dev = awsTemplates({ stage: 'dev' })
const withLogin = awsTemplates({ cluster: 'provisioned' })
const arn = 'arn:aws:kafka:eu-central-1:123456789012:cluster/ours/4c2f7b5e-1111-2222-3333-444455556666-s1'
const existing = awsTemplates({
  cluster: arn,
  vpc: 'vpc-0a1b',
  subnets: 'subnet-0a,subnet-0b',
  securityGroup: 'sg-0a',
})
const model = topologyOf([users])

describe('stacks', () => {
  test('carry the stage in their names and are made in the order in which they need each other', () => {
    const stacks = awsStacks()
    // References between stacks become dependencies with the synth.
    App.of(stacks.network)?.synth()
    const needs = Object.values(stacks).map((stack) => [
      stack.stackName,
      stack.dependencies.map(({ stackName }) => stackName.replace('sluice-prod-', '')).sort(),
    ])
    expect(Object.fromEntries(needs)).toEqual({
      'sluice-prod-network': [],
      'sluice-prod-streaming': ['network'],
      'sluice-prod-storage': [],
      'sluice-prod-registry': [],
      'sluice-prod-topics': ['network', 'registry', 'streaming'],
      'sluice-prod-pipelines': ['network', 'storage', 'streaming', 'topics'],
      'sluice-prod-analytics': ['network', 'storage', 'streaming', 'topics'],
      'sluice-prod-observability': ['analytics', 'pipelines'],
    })
  })

  test('are bound to account and region where these are known, with the same resources', () => {
    const bound = { account: '123456789012', region: 'eu-central-1' }
    expect(awsStacks(bound).network).toMatchObject(bound)
    const kinds = ({ network }: typeof made) => Object.keys(network.toJSON().Resources)
    expect(kinds(awsTemplates(bound))).toEqual(kinds(made))
  })

  test('that keep data are protected in prod', () => {
    const protectedOf = (stacks: ReturnType<typeof awsStacks>) =>
      Object.entries(stacks).flatMap(([name, { terminationProtection }]) => (terminationProtection ? [name] : []))
    expect(protectedOf(awsStacks())).toEqual(['network', 'streaming', 'storage', 'registry'])
    expect(protectedOf(awsStacks({ stage: 'dev' }))).toEqual([])
    expect(protectedOf(awsStacks({ data: 'delete' }))).toEqual([])
  })
})

describe('data outlives its stacks in prod, and not in dev', () => {
  test.each([
    ['AWS::MSK::ServerlessCluster', 'streaming'],
    ['AWS::Cassandra::Keyspace', 'storage'],
    ['AWS::Cassandra::Table', 'storage'],
    ['AWS::Glue::Registry', 'registry'],
    ['AWS::S3::Bucket', 'storage'],
  ] as const)('%s', (type, stack) => {
    for (const [templates, policy] of [
      [made, 'Retain'],
      [dev, 'Delete'],
      [awsTemplates({ data: 'delete' }), 'Delete'],
    ] as const) {
      templates[stack].allResources(type, { DeletionPolicy: policy, UpdateReplacePolicy: policy })
    }
  })

  test('a bucket that is to go is emptied first, as CloudFormation deletes none that holds objects', () => {
    made.storage.resourceCountIs('Custom::S3AutoDeleteObjects', 0)
    dev.storage.resourceCountIs('Custom::S3AutoDeleteObjects', 1)
  })

  test('a change of that is more than a policy, as CloudFormation applies no policy alone', () => {
    const kept = { Key: 'sluice:data', Value: 'keep' }
    made.storage.allResourcesProperties('AWS::Cassandra::Table', { Tags: Match.arrayWith([kept]) })
    made.registry.allResourcesProperties('AWS::Glue::Registry', { Tags: Match.arrayWith([kept]) })
    made.streaming.allResourcesProperties('AWS::Logs::LogGroup', { Tags: Match.arrayWith([kept]) })
  })

  test('no tag is on a serverless cluster, as a changed one would replace it', () => {
    made.streaming.allResourcesProperties('AWS::MSK::ServerlessCluster', { Tags: Match.absent() })
  })
})

describe('tables', () => {
  const tables = resources(made.storage, 'AWS::Cassandra::Table').map(([, { Properties }]) => Properties)

  test('are those of the model, column by column', () => {
    type Column = { ColumnName: string; ColumnType: string }
    const found = tables.map(({ TableName, PartitionKeyColumns, ClusteringKeyColumns, RegularColumns, ...rest }) => {
      const clustering = (ClusteringKeyColumns ?? []).map(({ Column }: { Column: Column }) => Column)
      const columns: Column[] = [...PartitionKeyColumns, ...clustering, ...RegularColumns]
      return {
        name: TableName,
        partitionKey: PartitionKeyColumns.map(({ ColumnName }: Column) => ColumnName),
        clusteringColumns: clustering.map(({ ColumnName }: Column) => ColumnName),
        columns: Object.fromEntries(columns.map(({ ColumnName, ColumnType }) => [ColumnName, ColumnType])),
        ttlSeconds: rest.DefaultTimeToLive ?? null,
      }
    })
    // Keyspaces keeps no tombstones.
    expect(found).toEqual(model.tables.map(({ graceSeconds, ...table }) => table))
  })

  test('pay per request, can be restored, are encrypted, and take the write times of records', () => {
    for (const table of tables) {
      expect(table).toMatchObject({
        BillingMode: { Mode: 'ON_DEMAND' },
        PointInTimeRecoveryEnabled: true,
        ClientSideTimestampsEnabled: true,
        EncryptionSpecification: { EncryptionType: 'AWS_OWNED_KMS_KEY' },
      })
    }
  })

  test.each([
    ['a name of one letter', { columns: { id: 'uuid', x: 'text' } }, 'table "t1": "x" must be 2 to 48 letters'],
    [
      'a time to live over 20 years',
      { ttlSeconds: 630_720_001 },
      'ttlSeconds is 630720001, but on target aws 630720000',
    ],
  ])('with %s are refused', (_, change, sentence) => {
    const table = { name: 't1', columns: { id: 'uuid' }, partitionKey: ['id'], clusteringColumns: [], ttlSeconds: null }
    const odd = [{ ...users, tables: [{ ...table, ...change, rows: () => [] }] }] as unknown as Pipeline[]
    expect(() => awsStacks({}, odd)).toThrow(sentence)
  })
})

describe('the custom resource', () => {
  test('makes topics and schemas, and leaves tables to CloudFormation', () => {
    const [[, { Properties }] = ['', { Properties: {} }]] = resources(made.data, 'Custom::SluiceTopology')
    expect(JSON.parse(Properties.Topology)).toEqual({ ...model, tables: [] })
  })

  test('no topic is over what MSK Serverless takes', () => {
    for (const { maxMessageBytes } of model.topics) expect(maxMessageBytes).toBeLessThanOrEqual(8 * 1024 * 1024)
  })
})

describe('functions', () => {
  const ofName = (templates: typeof made, name: string) =>
    resources(templates.pipelines, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === name,
    )?.[1].Properties
  const environmentOf = (templates: typeof made, name: string) => {
    const { Variables } = ofName(templates, name).Environment
    const plain = Object.entries(Variables).map(([key, value]) => [key, typeof value === 'string' ? value : 'token'])
    return parseEnvironment(Object.fromEntries(plain))
  }

  test('reach MSK by their role, Keyspaces and Glue, and the own URL of their source', () => {
    expect(environmentOf(made, 'sluice-users-ingest')).toEqual({
      bootstrapServers: 'token',
      kafka: { kind: 'iam', region: 'token' },
      cassandra: { kind: 'keyspaces', region: 'token' },
      registry: { kind: 'glue', name: 'sluice-prod', region: 'token' },
      sourceUrl: null,
    })
  })

  test('reach a provisioned cluster by the login in a secret', () => {
    expect(environmentOf(withLogin, 'sluice-users-write').kafka).toEqual({ kind: 'scram', secret: 'token' })
  })

  test('keep logs as long as the stage says', () => {
    for (const [templates, days] of [
      [made, 90],
      [dev, 7],
    ] as const) {
      for (const template of Object.values(templates)) {
        for (const [id, { Properties }] of resources(template, 'AWS::Logs::LogGroup')) {
          expect(Properties.RetentionInDays, id).toBe(days)
        }
      }
    }
  })
})

describe('event source mappings', () => {
  test.each([
    ['process', 'users_created'],
    ['write', 'users_enriched'],
  ])('%s polls %s in provisioned mode, tries again without end and has no on-failure destination', (stage, topic) => {
    made.pipelines.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: `sluice-users-${stage}`,
      Topics: [topic],
      EventSourceArn: { 'Fn::ImportValue': Match.anyValue() },
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: `sluice-users-${stage}` },
      SelfManagedEventSource: Match.absent(),
      SourceAccessConfigurations: Match.absent(),
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6, PollerGroupName: 'sluice' },
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: Match.absent(),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 500,
    })
  })

  test('are real resources, and no parameters', () => {
    made.pipelines.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
    made.pipelines.resourceCountIs('AWS::SSM::Parameter', 0)
  })

  test('of a provisioned cluster log in', () => {
    withLogin.pipelines.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: Match.anyValue() }],
    })
  })
})

describe('a provisioned cluster', () => {
  const { streaming } = withLogin

  test('speaks TLS only, logs, keeps three copies and is encrypted with a key of its own', () => {
    streaming.hasResourceProperties('AWS::MSK::Cluster', {
      NumberOfBrokerNodes: 3,
      EncryptionInfo: {
        EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true },
        EncryptionAtRest: { DataVolumeKMSKeyId: Match.anyValue() },
      },
      ClientAuthentication: { Sasl: { Scram: { Enabled: true } }, Unauthenticated: { Enabled: false } },
      LoggingInfo: { BrokerLogs: { CloudWatchLogs: { Enabled: true } } },
    })
    streaming.hasResourceProperties('AWS::MSK::Configuration', {
      ServerProperties: Match.stringLikeRegexp('min.insync.replicas=2'),
    })
    streaming.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true })
  })

  test('is of brokers that MSK takes for new clusters, in each stage', () => {
    for (const template of [streaming, awsTemplates({ cluster: 'provisioned', stage: 'dev' }).streaming]) {
      template.hasResourceProperties('AWS::MSK::Cluster', {
        BrokerNodeGroupInfo: { InstanceType: Match.stringLikeRegexp('^kafka\\.m') },
      })
    }
  })

  test('takes the login that Secrets Manager makes', () => {
    const [[secret] = ['']] = resources(streaming, 'AWS::SecretsManager::Secret')
    streaming.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'AmazonMSK_sluice_prod',
      KmsKeyId: Match.anyValue(),
      SecretString: Match.absent(),
      GenerateSecretString: { SecretStringTemplate: '{"username":"sluice"}', GenerateStringKey: 'password' },
    })
    streaming.hasResourceProperties('AWS::MSK::BatchScramSecret', { SecretArnList: [{ Ref: secret }] })
    expect(JSON.stringify(resources(streaming, 'Custom::SluiceBrokerAddresses'))).toContain(
      'BootstrapBrokerStringSaslScram',
    )
  })
})

describe('an existing cluster', () => {
  test('is used where it is: no network and no cluster are made', () => {
    existing.network.resourceCountIs('AWS::EC2::VPC', 0)
    existing.streaming.resourceCountIs('AWS::MSK::ServerlessCluster', 0)
    existing.pipelines.allResourcesProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: arn })
    existing.pipelines.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: ['subnet-0a', 'subnet-0b'] },
    })
  })

  test('lets functions in', () => {
    existing.network.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0a',
      FromPort: 9098,
      SourceSecurityGroupId: Match.anyValue(),
    })
  })
})
