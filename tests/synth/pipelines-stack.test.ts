import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { pipeline as users } from '../../pipelines/users.ts'
import { parseEnvironment } from '../../src/core/environment.ts'
import { watchedUsers } from '../fixtures/watched-users.ts'
import { resources, templates } from './templates.ts'

const { pipelines: template } = templates()
const functions = resources(template, 'AWS::Lambda::Function')
const functionId = (name: string) => functions.find(([, { Properties }]) => Properties.FunctionName === name)?.[0]

describe('functions', () => {
  test('each stage of the pipeline is one function, and so is the judge of runs, on Node 24 with the layer', () => {
    const names = functions.map(([, { Properties }]) => Properties.FunctionName).sort()
    expect(names).toEqual(['sluice-users-ingest', 'sluice-users-process', 'sluice-users-write', 'sluice-verify'])
    const [[layer] = ['']] = resources(template, 'AWS::Lambda::LayerVersion')
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler', Layers: [{ Ref: layer }] })
      expect(Properties.Description).not.toBe('')
    }
  })

  test('each has the environment that it parses, and only the ingest a source', () => {
    for (const [, { Properties }] of functions) {
      expect(parseEnvironment(Properties.Environment.Variables)).toEqual({
        bootstrapServers: '127.0.0.1:9092',
        kafka: { kind: 'plaintext' },
        cassandra: {
          kind: 'cassandra',
          host: '127.0.0.1',
          port: 9042,
          localDataCenter: 'datacenter1',
          secret: 'sluice/cassandra',
        },
        registry: { kind: 'confluent', url: 'http://127.0.0.1:8081/apis/ccompat/v7' },
        sourceUrl: Properties.FunctionName === 'sluice-users-ingest' ? 'http://127.0.0.1:8090/users' : null,
      })
    }
  })

  test('live sources leave a pipeline its own URL', () => {
    for (const [, { Properties }] of resources(templates({ sources: 'live' }).pipelines, 'AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables).not.toHaveProperty('SOURCE_URL')
    }
  })

  test('a source on this machine is what the ingest is told, as no other address but a public one is read', () => {
    const { bundled: _, ...source } = users.source
    const own = { ...users, source: { ...source, url: 'http://127.0.0.1:3000/users' } }
    const told = resources(templates({}, [own]).pipelines, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties.Environment.Variables.SOURCE_URL,
    )
    expect(told.filter(Boolean)).toEqual(['http://127.0.0.1:3000/users'])
  })

  test('each logs to a group of its own with a retention', () => {
    const groups = new Map(resources(template, 'AWS::Logs::LogGroup'))
    for (const [, { Properties }] of functions) {
      const group = groups.get(Properties.LoggingConfig.LogGroup.Ref)
      expect(group?.Properties).toEqual({
        LogGroupName: `/aws/lambda/${Properties.FunctionName}`,
        RetentionInDays: 14,
      })
    }
    expect(groups.size).toBe(functions.length)
  })

  test('a pipeline without process has no process function, and its writer reads the source topic', () => {
    const { process: _, analytics: __, ...direct } = users
    const { pipelines: without } = templates({}, [direct])
    without.resourceCountIs('AWS::Lambda::Function', 3)
    const values = resources(without, 'AWS::SSM::Parameter').map(([, { Properties }]) => JSON.parse(Properties.Value))
    expect(values.map(({ FunctionName, Topics }) => ({ FunctionName, Topics }))).toEqual([
      { FunctionName: 'sluice-users-write', Topics: ['users_created'] },
    ])
  })
})

test('there is a bus of alerts where a pipeline has any', () => {
  const buses = (of: typeof template) =>
    resources(of, 'AWS::Events::EventBus').map(([, { Properties }]) => Properties.Name)
  expect(buses(template)).toEqual(['sluice-runs'])
  expect(buses(templates({}, [watchedUsers]).pipelines)).toEqual(['sluice-runs', 'sluice-alerts'])
})

describe('schedule', () => {
  test('the rule starts the ingest with its own event', () => {
    const ingest = functionId('sluice-users-ingest')
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'sluice-users-schedule',
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [ingest, 'Arn'] }, Id: 'Target0', Input: Match.absent() }],
    })
    const [[rule] = ['']] = resources(template, 'AWS::Events::Rule')
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [ingest, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    })
  })

  test('a start that failed for good goes to an encrypted queue', () => {
    const [[queue] = ['']] = resources(template, 'AWS::SQS::Queue')
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionId('sluice-users-ingest') },
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    })
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 })
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    })
  })
})

test('the judge is started each minute, for the pipelines that are deployed', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    Name: 'sluice-verify',
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Targets: [
      {
        Arn: { 'Fn::GetAtt': [functionId('sluice-verify'), 'Arn'] },
        Id: 'Target0',
        Input: JSON.stringify({ pipelines: ['users'] }),
      },
    ],
  })
})

describe('event source mappings', () => {
  const mapping = (stage: string, topic: string) => ({
    Type: 'String',
    Tier: 'Intelligent-Tiering',
    Name: `/sluice/event-source-mappings/sluice-users-${stage}`,
    Value: JSON.stringify({
      FunctionName: `sluice-users-${stage}`,
      Topics: [topic],
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['broker-1:9092', 'broker-2:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: `sluice-users-${stage}` },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  })

  test.each([
    ['process', 'users_created'],
    ['write', 'users_enriched'],
  ])('%s reads %s, deployed after its function', (stage, topic) => {
    const { pipelines: other } = templates({ bootstrapServers: 'broker-1:9092,broker-2:9092' })
    other.hasResourceProperties('AWS::SSM::Parameter', mapping(stage, topic))
    other.hasResource('AWS::SSM::Parameter', {
      Properties: { Name: mapping(stage, topic).Name },
      DependsOn: Match.arrayWith([functionId(`sluice-users-${stage}`)]),
    })
  })

  test('there is one for each stage that reads a topic, and none that an emulator would get wrong', () => {
    template.resourceCountIs('AWS::SSM::Parameter', 3)
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0)
  })
})
