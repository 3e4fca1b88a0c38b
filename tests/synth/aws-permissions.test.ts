/**
 * What each role on AWS may do: exactly what its function needs.
 */
import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { actionsOnAll } from '../../cdk/aws-statements.ts'
import { watchedUsers } from '../fixtures/watched-users.ts'
import { awsTemplates, resources } from './templates.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: object }

const made = awsTemplates()
const withLogin = awsTemplates({ cluster: 'provisioned' })
const all = Object.values(made)
const every = [...all, ...Object.values(withLogin)]

const statementsIn = (template: Template) =>
  resources(template, 'AWS::IAM::Policy').flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[],
  )
const allows = ({ Effect }: Statement) => Effect === 'Allow'
const actions = ({ Action }: Statement) => [Action].flat()
const resourcesOf = ({ Resource }: Statement) => [Resource].flat().map((each) => text(each))

/** A resource as one text, with references as their last part. */
function text(value: unknown): string {
  if (typeof value === 'string') return value
  const [[name, part] = ['', '']] = Object.entries(value as object)
  if (name === 'Fn::Join') return (part as [string, unknown[]])[1].map(text).join('')
  if (name === 'Fn::Select') return ['before', 'after'][(part as [number])[0]] as string
  if (name === 'Fn::GetAtt') return `<${(part as string[])[0]}>`
  if (name === 'Fn::ImportValue') return '<imported>'
  return `<${String(part).replace('AWS::', '')}>`
}

/** What the policies of a function's role allow, as `action resource`, without logs and network interfaces. */
function allowed(templates: readonly Template[], functionName: string): string[] {
  const template = templates.find((each) =>
    resources(each, 'AWS::Lambda::Function').some(([, { Properties }]) => Properties.FunctionName === functionName),
  ) as Template
  const [, fn] = resources(template, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.FunctionName === functionName,
  ) as NonNullable<ReturnType<typeof resources>[number]>
  const role = fn.Properties.Role['Fn::GetAtt'][0]
  const own = resources(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
  )
  return own
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
    .filter(allows)
    .flatMap((statement) =>
      actions(statement).flatMap((action) => resourcesOf(statement).map((on) => `${action} ${on}`)),
    )
    .filter((line) => !/^(logs:|ec2:(Create|Delete|Assign|Unassign|DescribeSubnets|DescribeNetwork))/.test(line))
    .map((line) =>
      line.replace(/arn:<Partition>:(\w+):<Region>:<AccountId>:/, '$1:').replace(/before:(\w+)\/after/, '$1'),
    )
    .sort()
}

const findActions = ['glue:GetRegistry', 'glue:GetSchemaByDefinition']
const reading = (subject: string) => findActions.map((action) => `${action} glue:schema/sluice-prod/${subject}`)
const readingAny = [...findActions.map((action) => `${action} glue:registry/sluice-prod`), 'glue:GetSchemaVersion *']
const producing = (topic: string) => [
  `kafka-cluster:DescribeTopic topic/${topic}`,
  `kafka-cluster:WriteData topic/${topic}`,
]
const consuming = (topic: string, group: string) => [
  'ec2:DescribeSecurityGroups *',
  'ec2:DescribeVpcs *',
  'kafka-cluster:DescribeClusterDynamicConfiguration <imported>',
  `kafka-cluster:DescribeTopic topic/${topic}`,
  `kafka-cluster:ReadData topic/${topic}`,
  `kafka-cluster:DescribeGroup group/${group}`,
  `kafka-cluster:AlterGroup group/${group}`,
  'kafka:DescribeCluster <imported>',
  'kafka:DescribeClusterV2 <imported>',
  'kafka:GetBootstrapBrokers <imported>',
]
const select = (table: string) => `cassandra:Select cassandra:/keyspace/sluice/table/${table}`
const modify = (table: string) => `cassandra:Modify cassandra:/keyspace/sluice/table/${table}`
const driver = ['cassandra:Select cassandra:/keyspace/system*', 'ec2:DescribeVpcEndpoints *']
const connect = 'kafka-cluster:Connect <imported>'

const needs: Readonly<Record<string, readonly string[]>> = {
  'sluice-users-ingest': [
    connect,
    ...producing('users_created'),
    ...producing('users_created.dlt'),
    ...driver,
    select('runs'),
    select('cursors'),
    select('leases'),
    select('schedule_states'),
    modify('runs'),
    modify('fetched'),
    modify('published'),
    modify('cursors'),
    modify('run_states'),
    modify('open_runs'),
    modify('leases'),
    ...readingAny,
    ...reading('users_created-value'),
    'events:PutEvents <RunsE45A2291>',
    'sqs:SendMessage <usersScheduleOnFailureA1EE96FD>',
  ],
  'sluice-users-process': [
    connect,
    ...consuming('users_created', 'sluice-users-process'),
    ...producing('users_created.dlt'),
    ...producing('users_enriched'),
    ...readingAny,
    ...reading('users_created-value'),
    ...reading('users_enriched-value'),
  ],
  'sluice-users-write': [
    connect,
    ...consuming('users_enriched', 'sluice-users-write'),
    ...producing('users_enriched.dlt'),
    ...driver,
    modify('created_users'),
    ...readingAny,
    ...reading('users_enriched-value'),
    ...consuming('signups_by_country', 'sluice-users-signups_by_country-write'),
    ...producing('signups_by_country.dlt'),
    modify('signups_by_country'),
    ...reading('signups_by_country-value'),
  ],
  'sluice-verify': [
    connect,
    ...['users_created', 'users_created.dlt', 'users_enriched', 'users_enriched.dlt'].flatMap((topic) => [
      `kafka-cluster:DescribeTopic topic/${topic}`,
      `kafka-cluster:ReadData topic/${topic}`,
    ]),
    'kafka-cluster:DescribeGroup group/sluice-users-process',
    'kafka-cluster:DescribeGroup group/sluice-users-write',
    ...['Describe', 'Alter', 'Delete'].map((verb) => `kafka-cluster:${verb}Group group/sluice-reader-*`),
    ...driver,
    ...['runs', 'fetched', 'published', 'verdicts', 'open_runs', 'leases', 'created_users'].map(select),
    ...['verdicts', 'run_states', 'open_runs', 'leases'].map(modify),
    ...readingAny,
    ...reading('users_created-value'),
    ...reading('users_enriched-value'),
    'events:PutEvents <RunsE45A2291>',
  ],
}

describe('a function may do no more than its work', () => {
  test.each(Object.entries(needs))('%s', (name, expected) => {
    expect(allowed(all, name)).toEqual([...new Set(expected)].sort())
  })

  test('one that looks back reads as groups of its own name, and one with alerts tells the bus of alerts alone', () => {
    const { pipelines } = awsTemplates({}, [watchedUsers])
    const added = (name: string) => allowed([pipelines], name).filter((line) => !needs[name]?.includes(line))
    expect(added('sluice-users-process')).toEqual([
      'events:PutEvents <RecordAlerts4B8D0E19>',
      'kafka-cluster:AlterGroup group/sluice-users-process-window-*',
      'kafka-cluster:DescribeGroup group/sluice-users-process-window-*',
    ])
    for (const name of ['sluice-users-ingest', 'sluice-users-write']) expect(added(name)).toEqual([])
  })

  test('the topology creates topics and schemas, and touches no record and no table', () => {
    const lines = allowed(all, 'sluice-topology')
    expect([...new Set(lines.map((line) => line.split(' ')[0]))]).toEqual([
      'glue:CreateSchema',
      'glue:GetRegistry',
      'glue:GetSchema',
      'glue:GetSchemaByDefinition',
      'glue:GetSchemaVersion',
      'glue:RegisterSchemaVersion',
      'glue:UpdateSchema',
      'kafka-cluster:AlterTopicDynamicConfiguration',
      'kafka-cluster:Connect',
      'kafka-cluster:CreateTopic',
      'kafka-cluster:DescribeTopic',
      'kafka-cluster:DescribeTopicDynamicConfiguration',
    ])
    const created = lines.filter((line) => line.startsWith('kafka-cluster:CreateTopic'))
    expect(created.map((line) => line.split('/')[1]).sort()).toEqual(
      ['users_created', 'users_enriched', 'signups_by_country']
        .flatMap((topic) => [topic, `${topic}.dlt`, `${topic}.parked`])
        .sort(),
    )
  })

  test('with a login, a function reads the one secret with its key and needs nothing of the IAM authentication', () => {
    const lines = allowed(Object.values(withLogin), 'sluice-users-process')
    expect(lines.filter((line) => line.startsWith('kafka-cluster:'))).toEqual([])
    expect(lines).toContain('secretsmanager:GetSecretValue <imported>')
    expect(lines).toContain('kms:Decrypt <imported>')
  })

  test('who looks for brokers may ask for those of the cluster only', () => {
    expect(allowed(all, 'sluice-broker-addresses')).toEqual(['kafka:GetBootstrapBrokers <Cluster>'])
  })
})

describe('every role', () => {
  test('has statements of its own, no policy of AWS', () => {
    const roles = every.flatMap((template) => resources(template, 'AWS::IAM::Role'))
    expect(roles.length).toBeGreaterThan(10)
    for (const [id, { Properties }] of roles) expect(Properties, id).not.toHaveProperty('ManagedPolicyArns')
  })

  test('names each action; on all resources only those that AWS authorizes on no single one', () => {
    const statements = every.flatMap(statementsIn).filter(allows)
    expect(statements.flatMap(actions).filter((action) => action.includes('*'))).toEqual([])
    const onAll = new Set(statements.filter((each) => resourcesOf(each).includes('*')).flatMap(actions))
    expect([...onAll].sort()).toEqual(Object.keys(actionsOnAll).sort())
    for (const reason of Object.values(actionsOnAll)) expect(reason.length).toBeGreaterThan(20)
  })

  test('keeps the network interfaces of a function out of the hands of its code', () => {
    for (const name of Object.keys(needs)) {
      const denied = statementsIn(made.pipelines).filter(
        ({ Effect, Condition }) => Effect === 'Deny' && JSON.stringify(Condition).includes(`:function:${name}`),
      )
      expect(denied.flatMap(actions), name).toEqual([
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:UnassignPrivateIpAddresses',
      ])
    }
  })
})
