import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { watchedUsers } from '../fixtures/watched-users.ts'
import { awsTemplates, resources } from './templates.ts'

const { observability: template } = awsTemplates({ alarmEmail: 'team@example.com' })
/** Of pipelines: that of jobs is in aws-analytics.test.ts. */
const alarms = resources(template, 'AWS::CloudWatch::Alarm')
  .map(([, { Properties }]) => Properties)
  .filter(({ AlarmName }) => !AlarmName.endsWith('-jobs-running'))
const metricsOf = (alarm: (typeof alarms)[number]): string[] =>
  alarm.MetricName
    ? [alarm.MetricName]
    : alarm.Metrics.flatMap(
        ({ MetricStat }: { MetricStat?: { Metric: { MetricName: string } } }) => MetricStat?.Metric.MetricName ?? [],
      )

test('there is an alarm for each thing that can go wrong', () => {
  const names = Object.fromEntries(
    alarms.map((alarm) => [alarm.AlarmName.replace('sluice-users-', ''), metricsOf(alarm)]),
  )
  const ofFunction = (stage: string) => ({
    [`${stage}-errors`]: ['Errors'],
    [`${stage}-throttles`]: ['Throttles'],
    [`${stage}-dead-letters`]: ['DeadLetters'],
  })
  const ofMapping = (stage: string) => ({
    [`${stage}-behind`]: ['SumOffsetLag'],
    [`${stage}-stalled`]: ['SumOffsetLag', 'CommittedEventCount'],
    [`${stage}-polling`]: ['PollingErrorCount'],
  })
  expect(names).toEqual({
    ...ofFunction('ingest'),
    'ingest-failed': ['ApproximateNumberOfMessagesVisible'],
    ...ofFunction('process'),
    ...ofMapping('process'),
    ...ofFunction('write'),
    ...ofMapping('write'),
    ...ofMapping('signups_by_country'),
    'sluice-verify-errors': ['Errors'],
  })
})

test('each says what it means, goes to the topic, and is off while there is nothing to measure', () => {
  const [[topic] = ['']] = resources(template, 'AWS::SNS::Topic')
  for (const alarm of alarms) {
    expect(alarm.AlarmDescription).toMatch(/^Sluice, (pipeline users|function sluice-verify): .+ See docs\/aws\.md\.$/)
    expect(alarm).toMatchObject({
      AlarmActions: [{ Ref: topic }],
      OKActions: [{ Ref: topic }],
      TreatMissingData: 'notBreaching',
    })
  }
})

test('metrics of a mapping are filed under its id', () => {
  const lag = alarms.find(({ AlarmName }) => AlarmName === 'sluice-users-write-behind')
  const [{ MetricStat }] = lag.Metrics
  expect(MetricStat.Metric.Dimensions).toEqual([
    { Name: 'EventSourceMappingUUID', Value: { 'Fn::ImportValue': expect.any(String) } },
  ])
  expect(lag.Threshold).toBe(1_000)
})

test.each([
  ['ingest', '$.deadLettered'],
  ['process', '$.deadLetters'],
  ['write', '$.deadLetters'],
])('dead letters of %s are counted from what it logs', (stage, field) => {
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: `/aws/lambda/sluice-users-${stage}`,
    FilterPattern: `{ ${field} > 0 }`,
    MetricTransformations: [
      {
        MetricName: 'DeadLetters',
        MetricValue: field,
        Dimensions: [{ Key: 'FunctionName', Value: '$.function_name' }],
      },
    ],
  })
})

test('the topic is encrypted, speaks TLS, and CloudWatch of this account may publish', () => {
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'team@example.com' })
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  })
})

test('there is one dashboard, named after the stage', () => {
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1)
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'sluice-prod' })
})

describe('an alert of a record', () => {
  const rule = (targets: object[]) => ({
    EventPattern: { source: ['sluice'], 'detail-type': ['Sluice Alert'] },
    EventBusName: { 'Fn::ImportValue': Match.stringLikeRegexp('RecordAlerts') },
    Targets: targets,
  })
  const toTopic = { Arn: { Ref: Match.stringLikeRegexp('^Alarms') }, DeadLetterConfig: Match.anyValue() }

  test('goes where alarms go, and to the webhook where there is one', () => {
    const { observability } = awsTemplates({}, [watchedUsers])
    observability.hasResourceProperties('AWS::Events::Rule', rule([toTopic]))
    const { observability: called } = awsTemplates({ alarmWebhook: 'https://hooks.example.com/x' }, [watchedUsers])
    called.hasResourceProperties('AWS::Events::Rule', rule([toTopic, Match.objectLike({ DeadLetterConfig: {} })]))
    called.resourceCountIs('AWS::Events::ApiDestination', 1)
  })

  test('has no rule where no pipeline has alerts', () => {
    template.resourcePropertiesCountIs('AWS::Events::Rule', { EventPattern: { 'detail-type': ['Sluice Alert'] } }, 0)
    template.resourcePropertiesCountIs('AWS::Events::Rule', { EventPattern: { 'detail-type': ['Sluice Run'] } }, 1)
  })
})

describe('a run that failed or is late', () => {
  const pattern = { source: ['sluice'], 'detail-type': ['Sluice Run'], detail: { state: ['failed', 'late'] } }

  test('is told to the topic of alarms, which EventBridge may publish to, key included', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: pattern,
      EventBusName: Match.anyValue(),
      Targets: [{ Arn: { Ref: Match.stringLikeRegexp('^Alarms') }, DeadLetterConfig: Match.anyValue() }],
    })
    const events = { Service: 'events.amazonaws.com' }
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish', Principal: events })]),
      },
    })
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: events })]) },
    })
    template.resourceCountIs('AWS::Events::ApiDestination', 0)
  })

  test('is told to a webhook besides, where context names one', () => {
    const alarmWebhook = 'https://alerts.example.com/sluice'
    const { observability } = awsTemplates({ alarmWebhook })
    observability.hasResourceProperties('AWS::Events::ApiDestination', { InvocationEndpoint: alarmWebhook })
    const [[, { Properties }] = ['', { Properties: {} }]] = resources(observability, 'AWS::Events::Rule')
    expect(Properties.EventPattern).toEqual(pattern)
    expect(Properties.Targets).toHaveLength(2)
  })
})
