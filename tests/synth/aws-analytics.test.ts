/**
 * The jobs of all pipelines on AWS: an application of EMR Serverless, and for each job a run with a role that may do what
 * the job does.
 */
import { readFileSync } from 'node:fs'
import { Match, Template } from 'aws-cdk-lib/assertions'
import type { App } from 'aws-cdk-lib/core'
import { describe, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline as users } from '../../pipelines/users.ts'
import { awsStacks, awsTemplates, resources, templates } from './templates.ts'

const sourceUrl = 'https://sources.example.com'
const all = awsTemplates({ sourceUrl }, pipelines)
const withLogin = awsTemplates({ cluster: 'provisioned' })
const jobs = pipelines.flatMap((pipeline) => (pipeline.analytics ?? []).map((job) => ({ pipeline, job })))
const named = jobs.map((each) => [`sluice-${each.pipeline.name}-${each.job.name}`, each] as const)

type Statement = { Action: string | string[]; Resource: unknown; Condition?: object }

/** A value as one text, with references in angle brackets. */
function text(value: unknown): string {
  if (typeof value === 'string') return value
  const [[name, part] = ['', '']] = Object.entries(value as object)
  if (name === 'Fn::Join') return (part as [string, unknown[]])[1].map(text).join('')
  if (name === 'Fn::Sub') return String(part)
  if (name === 'Fn::Select') return ['before', 'after'][(part as [number])[0]] as string
  if (name === 'Fn::GetAtt') return `<${(part as string[])[0]}>`
  if (name === 'Fn::ImportValue') return '<imported>'
  return `<${String(part).replace('AWS::', '')}>`
}

const runsOf = (template: Template) =>
  new Map(
    resources(template, 'Custom::SluiceJobRun').map(([, { Properties }]) => {
      const run = JSON.parse(text(Properties.Run))
      return [run.name as string, run]
    }),
  )

function argument(run: ReturnType<typeof JSON.parse>, name: string): string {
  const { entryPointArguments } = run.jobDriver.sparkSubmit
  return entryPointArguments[entryPointArguments.indexOf(`--${name}`) + 1]
}

function statementsOf(template: Template, name: string): Statement[] {
  const role = /<(\w+)>/.exec(runsOf(template).get(name).executionRoleArn)?.[1]
  return resources(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
}

const lines = (statements: readonly Statement[]) =>
  statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((on) => `${action} ${text(on)}`)),
  )

describe('the application', () => {
  const { analytics } = all

  test('is Spark 4.0 in private subnets, starts with the first run and stops when idle', () => {
    analytics.hasResourceProperties('AWS::EMRServerless::Application', {
      Name: 'sluice-prod',
      Type: 'SPARK',
      ReleaseLabel: 'emr-spark-8.0.0',
      AutoStartConfiguration: { Enabled: true },
      AutoStopConfiguration: { Enabled: true, IdleTimeoutMinutes: 15 },
      NetworkConfiguration: { SecurityGroupIds: [Match.anyValue()], SubnetIds: Match.anyValue() },
    })
  })

  test('stays as it is whatever jobs there are and whatever becomes of data, as EMR changes none whose jobs run', () => {
    const of = (template: Template) => resources(template, 'AWS::EMRServerless::Application')
    expect(of(awsTemplates({ data: 'delete' }).analytics)).toEqual(of(analytics))
  })

  test('holds nothing that is kept: checkpoints are in a bucket of the storage stack that is encrypted, private and speaks TLS', () => {
    analytics.resourceCountIs('AWS::S3::Bucket', 0)
    all.storage.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicAcls: true, RestrictPublicBuckets: true }),
      LifecycleConfiguration: Match.anyValue(),
    })
    all.storage.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    })
  })

  test('is there for jobs alone, and on target aws alone', () => {
    const { analytics: _, ...without } = users
    const stacks = awsStacks({}, [without])
    const { stacks: made } = (stacks.network.node.root as App).synth()
    expect(made.map(({ stackName }) => stackName.replace('sluice-prod-', '')).sort()).toEqual(
      ['network', 'streaming', 'storage', 'registry', 'topics', 'pipelines', 'observability'].sort(),
    )
    Template.fromStack(stacks.storage).resourceCountIs('AWS::S3::Bucket', 0)
    const endpoints = resources(Template.fromStack(stacks.network), 'AWS::EC2::VPCEndpoint')
    expect(endpoints.length).toBe(4)
    expect(JSON.stringify(endpoints)).not.toMatch(/\.logs"/)
    for (const template of Object.values(templates({}, pipelines))) {
      template.resourceCountIs('AWS::EMRServerless::Application', 0)
      template.resourceCountIs('Custom::SluiceJobRun', 0)
    }
  })
})

describe.each(named)('job %s', (name, { job }) => {
  const run = runsOf(all.analytics).get(name)
  const read = [...new Set(Object.values(job.sources).map(({ topic }) => topic))]

  test('runs as a stream without a time limit, with jars and settings of its own, and logs', () => {
    expect(run).toMatchObject({
      mode: 'STREAMING',
      executionTimeoutMinutes: 0,
      retryPolicy: { maxFailedAttemptsPerHour: 10 },
      configurationOverrides: {
        monitoringConfiguration: { cloudWatchLoggingConfiguration: { enabled: true, logStreamNamePrefix: name } },
      },
    })
    const { entryPoint, sparkSubmitParameters } = run.jobDriver.sparkSubmit
    expect(entryPoint).toMatch(/^s3:\/\/.*\.py$/)
    expect(sparkSubmitParameters).toContain('spark.sql.session.timeZone=UTC')
    const [, jars = ''] = /spark\.jars=(\S+)/.exec(sparkSubmitParameters) ?? []
    expect(jars.split(',').length).toBe(6)
    expect(argument(run, 'checkpoint')).toMatch(new RegExp(`^s3://.*/${name}/checkpoint$`))
    expect(argument(run, 'glue')).toBe('sluice-prod')
    expect(JSON.parse(argument(run, 'kafka'))).toMatchObject({
      'kafka.security.protocol': 'SASL_SSL',
      'kafka.sasl.mechanism': 'AWS_MSK_IAM',
      groupIdPrefix: name,
    })
  })

  test('may read its topics, write its result, find its schemas, and keep its checkpoint', () => {
    const allowed = lines(statementsOf(all.analytics, name)).map((line) =>
      line.replace(/arn:<Partition>:(\w+):<Region>:<AccountId>:/, '$1:').replace(/before:(\w+)\/after/, '$1'),
    )
    const kafka = allowed.filter((line) => line.startsWith('kafka-cluster:'))
    expect(kafka.sort()).toEqual(
      [
        'kafka-cluster:Connect <imported>',
        'kafka-cluster:WriteDataIdempotently <imported>',
        ...read.flatMap((topic) => [
          `kafka-cluster:DescribeTopic topic/${topic}`,
          `kafka-cluster:ReadData topic/${topic}`,
        ]),
        `kafka-cluster:DescribeTopic topic/${job.name}`,
        `kafka-cluster:WriteData topic/${job.name}`,
        `kafka-cluster:AlterGroup group/${name}*`,
        `kafka-cluster:DescribeGroup group/${name}*`,
      ].sort(),
    )
    expect(allowed.filter((line) => line.startsWith('glue:')).sort()).toEqual(
      [
        'glue:GetSchemaVersion *',
        ...['registry/sluice-prod', ...[...read, job.name].map((topic) => `schema/sluice-prod/${topic}-value`)].map(
          (on) => `glue:ListSchemaVersions glue:${on}`,
        ),
      ].sort(),
    )
    const written = allowed.filter((line) => /^s3:(Put|Delete)/.test(line))
    expect(written.length).toBe(2)
    for (const line of written) expect(line).toMatch(new RegExp(`/${name}/\\*$`))
    expect(
      allowed
        .map((line) => line.split(':')[0])
        .filter((service) => !['kafka-cluster', 'glue', 's3', 'logs'].includes(service ?? '')),
    ).toEqual([])
    for (const { Action, Condition } of statementsOf(all.analytics, name)) {
      if ([Action].flat().includes('s3:ListBucket')) expect(Condition).toHaveProperty('StringLike')
    }
  })
})

test('the role of a run is for EMR Serverless in this account', () => {
  const roles = resources(all.analytics, 'AWS::IAM::Role').filter(([, { Properties }]) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes('emr-serverless'),
  )
  expect(roles.length).toBe(jobs.length)
  for (const [, { Properties }] of roles) {
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'emr-serverless.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ])
  }
})

test('who starts runs may do so in the one application, and pass the roles of the jobs to EMR Serverless alone', () => {
  const statements = resources(all.analytics, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('JobRunRole'))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
  const passing = statements.filter(({ Action }) => Action === 'iam:PassRole')
  expect(passing.flatMap(({ Resource }) => Resource).length).toBe(jobs.length)
  for (const { Condition } of passing) {
    expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } })
  }
  const others = lines(statements).filter((line) => line.startsWith('emr-serverless:'))
  expect(others.length).toBe(5)
  for (const line of others) expect(line).toContain(':/applications/<Application>')
})

test('with a login, a run reads the one secret and needs nothing of the IAM authentication', () => {
  const [name = ''] = runsOf(withLogin.analytics).keys()
  const allowed = lines(statementsOf(withLogin.analytics, name))
  expect(allowed.filter((line) => line.startsWith('kafka-cluster:'))).toEqual([])
  expect(allowed).toContain('secretsmanager:GetSecretValue <imported>')
  const run = runsOf(withLogin.analytics).get(name)
  expect(argument(run, 'secret')).toBe('<imported>')
  expect(JSON.parse(argument(run, 'kafka'))).toMatchObject({ 'kafka.sasl.mechanism': 'SCRAM-SHA-512' })
})

test('what a run is made of is in the assembly: its template is that of the job', () => {
  const stacks = awsStacks()
  const app = stacks.network.node.root as App
  const { files } = JSON.parse(readFileSync(`${app.synth().directory}/sluice-prod-analytics.assets.json`, 'utf8'))
  const paths = Object.values(files as Record<string, { source: { path: string } }>).map(({ source }) => source.path)
  for (const ending of ['.py', '.json', '.jar'])
    expect(
      paths.some((path) => path.endsWith(ending)),
      ending,
    ).toBe(true)
})

test('people hear of a run that EMR gave up, and of jobs that do not run; what jobs count is a metric', () => {
  const { observability } = all
  observability.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'sluice-prod-jobs-running',
    MetricName: 'RunningJobs',
    Dimensions: [
      { Name: 'ApplicationId', Value: Match.anyValue() },
      { Name: 'ApplicationName', Value: 'sluice-prod' },
    ],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 30,
    Threshold: jobs.length,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  })
  observability.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.emr-serverless'],
      'detail-type': ['EMR Serverless Job Run State Change'],
      detail: { state: ['FAILED'], applicationId: Match.anyValue() },
    },
  })
  for (const name of ['records', 'late', 'undecodable', 'untimed']) {
    observability.hasResourceProperties('AWS::Logs::MetricFilter', {
      MetricTransformations: [{ MetricName: `job-${name}`, Dimensions: [{ Key: 'job', Value: '$.job' }] }],
    })
  }
})
