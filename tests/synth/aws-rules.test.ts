/**
 * What others say of the templates: cdk-nag, cfn-lint, CloudFormation's own rules; and that no secret is in an assembly.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { App } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeAll, describe, expect, test } from 'vitest'
import { pipeline as users } from '../../pipelines/users.ts'
import { awsStacks, root, scratch } from './templates.ts'

const run = promisify(execFile)

/** A part of the cluster's ARN, as cdk-nag names it. */
function partOfArn(part: number): string {
  const arn = { 'Fn::GetAtt': ['Cluster', 'Arn'] }
  return JSON.stringify({ 'Fn::Select': [part, { 'Fn::Split': [':cluster/', arn] }] })
}

/** Of each job: its consumer groups, whose names end at random, and the folder of its checkpoint. */
const ofJobs = (users.analytics ?? []).flatMap(({ name }): [string, string][] => {
  const full = `sluice-users-${name}`
  return [
    [
      `AwsSolutions-IAM5[Resource::${partOfArn(0)}:group/${partOfArn(1)}/${full}*]`,
      'Spark names its groups at random behind that',
    ],
    [`AwsSolutions-IAM5[Resource::<Checkpoints620E2F20.Arn>/${full}/*]`, 'a checkpoint is many objects'],
  ]
})

/** Findings of cdk-nag that are as they should be, and why. */
const accepted: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ofJobs),
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:emr-serverless:<AWS::Region>:<AWS::AccountId>:/applications/<Application.ApplicationId>/jobruns/*]':
    'runs have no name before they are started: those of the one application',
  'AwsSolutions-IAM5[Resource::<JobRunFunction86445D2E.Arn>:*]':
    "CDK's provider may invoke any version of the one function",
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*]':
    'EMR looks for the log group among all; it may write to the one',
  'AwsSolutions-S1': 'the bucket holds checkpoints, which Spark alone reads and writes every half minute',
  'AwsSolutions-IAM5[Resource::*]':
    'actions that AWS authorizes on no single resource: aws-permissions.test.ts lists each',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:*/*]':
    "Lambda's documentation asks for all of account and region, as an interface has no name before it is made; code is denied it",
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cassandra:<AWS::Region>:<AWS::AccountId>:/keyspace/system*]':
    'the driver reads system, system_schema and system_schema_mcs, and these only',
  'AwsSolutions-IAM5[Resource::<TopologyHandlerFunction6564C5FE.Arn>:*]':
    "CDK's provider may invoke any version of the one function",
  [`AwsSolutions-IAM5[Resource::${partOfArn(0)}:group/${partOfArn(1)}/sluice-reader-*]`]:
    'a proof reads topics in a group of a random name, which it deletes',
  'AwsSolutions-SQS3': 'the queue is where failed starts end: an alarm watches it',
  'AwsSolutions-SMG4': 'Secrets Manager has no rotation for logins of MSK; docs/aws.md says how to change it by hand',
}

/** Warnings of cfn-lint that are as they should be: W3005 is a dependency that CDK writes although a reference implies it. */
const ignoredChecks = ['W3005']

const variants: readonly [string, Readonly<Record<string, string>>][] = [
  ['provisioned', { cluster: 'provisioned', alarmEmail: 'team@example.com' }],
  ['serverless in dev, without a way out', { stage: 'dev', egress: 'none', sourceUrl: 'https://a.example.internal/' }],
  ['serverless', {}],
]

describe('cdk-nag', () => {
  const found = variants.map(([name, context]) => {
    const app = awsStacks(context).network.node.root
    return [name, new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)] as const
  })

  test.each(found)('finds nothing in %s but what is accepted', (_, rules) => {
    expect(rules.filter((rule) => !(rule in accepted))).toEqual([])
  })

  test('finds everything that is accepted somewhere', () => {
    const rules = new Set(found.flatMap(([, each]) => each))
    expect(Object.keys(accepted).filter((rule) => !rules.has(rule))).toEqual([])
  })
})

const canary = 'canary-5b1f0c8e'

/** Runs the app as `cdk` does, without credentials of AWS, with the rules of CloudFormation on; gives the assembly's folder. */
async function assemblyOf(context: Readonly<Record<string, string>>): Promise<string> {
  const { context: committed } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const out = mkdtempSync(join(scratch, 'aws-'))
  const env = {
    // What has no source in the world is deployed where something stands in for it.
    CDK_CONTEXT_JSON: JSON.stringify({
      ...{ ...committed, target: 'aws', stage: 'prod', ...context },
      ...('sourceUrl' in context ? {} : { pipelines: 'users' }),
    }),
    CDK_OUTDIR: out,
    AWS_SECRET_ACCESS_KEY: canary,
    AWS_SESSION_TOKEN: canary,
    KAFKA_PASSWORD: canary,
  }
  await run(process.execPath, ['cdk/app.ts'], { cwd: root, env })
  return out
}

/** Runs cfn-lint, whose script in an environment that was moved has to be started by its Python. */
async function lint(templates: readonly string[]): Promise<{ code: number; output: string }> {
  const program = [join(root, '.sluice/lint/bin/cfn-lint'), '--ignore-checks', ...ignoredChecks, '--', ...templates]
  return run(join(root, '.sluice/lint/bin/python'), program).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  )
}

describe('an assembly', () => {
  const [first, ...others] = variants
  let whole: string
  beforeAll(async () => {
    whole = await assemblyOf(first?.[1] ?? {})
  })

  test('is made without an account, and passes cfn-lint', async () => {
    const folders = others.map(([, context]) => (awsStacks(context).network.node.root as App).synth().directory)
    const templates = [whole, ...folders].flatMap((folder) =>
      readdirSync(folder).flatMap((name) => (name.endsWith('.template.json') ? [join(folder, name)] : [])),
    )
    expect(templates.length).toBe(8 * variants.length)
    expect(await lint(templates)).toEqual({ code: 0, output: '' })
  })

  test('that is wrong does not pass cfn-lint', async () => {
    const wrong = join(scratch, 'wrong.template.json')
    writeFileSync(wrong, JSON.stringify({ Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { Nope: 1 } } } }))
    const { code, output } = await lint([wrong])
    expect(output).toMatch(/^E3002 .*'Nope' was unexpected/)
    expect(code).not.toBe(0)
  })

  test('holds no secret of the machine that makes it: neither templates, nor bundles, nor the layer', () => {
    const files = readdirSync(whole, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    expect(files.filter(({ name }) => name === 'index.js').length).toBeGreaterThan(5)
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name), 'utf8')
      expect(content.includes(canary), name).toBe(false)
      if (name.endsWith('.template.json')) expect(content, name).not.toMatch(/"SecretString"|resolve:secretsmanager/)
    }
  })
})
