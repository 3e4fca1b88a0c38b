import { describe, expect, test } from 'vitest'
import { type Resource, resources, templates } from './templates.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: unknown }

const both = Object.values(templates())
const statementsOf = ({ Properties }: Resource): Statement[] => Properties.PolicyDocument.Statement
const policies = both.flatMap((template) => resources(template, 'AWS::IAM::Policy'))
const roles = both.flatMap((template) => resources(template, 'AWS::IAM::Role'))
const actions = ({ Action }: Statement) => [Action].flat()

/** What the policies of a function's role allow: action to resource. */
function allowed(functionName: string): Record<string, unknown> {
  const fn = both
    .flatMap((template) => resources(template, 'AWS::Lambda::Function'))
    .find(([, { Properties }]) => Properties.FunctionName === functionName)?.[1]
  const [role] = fn?.Properties.Role['Fn::GetAtt'] ?? []
  const own = policies.filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
  const statements = own.flatMap(([, policy]) => statementsOf(policy))
  return Object.fromEntries(statements.flatMap((each) => actions(each).map((action) => [action, each.Resource])))
}

describe('every role', () => {
  test('has statements of its own, no policy of AWS', () => {
    expect(roles.length).toBe(6)
    for (const [, { Properties }] of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns')
      expect(Properties.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Service: 'lambda.amazonaws.com' })
    }
  })

  test('names its actions and resources', () => {
    for (const [id, policy] of policies) {
      for (const statement of statementsOf(policy)) {
        expect(
          actions(statement).filter((action) => action.includes('*')),
          id,
        ).toEqual([])
        expect([statement.Resource].flat(), id).not.toContain('*')
      }
    }
  })
})

const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents']

describe('a function may do no more than its work', () => {
  test.each([
    ['sluice-users-ingest', [...logActions, 'secretsmanager:GetSecretValue', 'sqs:SendMessage', 'events:PutEvents']],
    ['sluice-users-process', logActions],
    ['sluice-users-write', [...logActions, 'secretsmanager:GetSecretValue']],
    ['sluice-verify', [...logActions, 'secretsmanager:GetSecretValue', 'events:PutEvents']],
    ['sluice-topology', [...logActions, 'secretsmanager:GetSecretValue']],
    ['sluice-topology-provider', ['lambda:GetFunction', 'lambda:InvokeFunction', ...logActions]],
  ])('%s', (name, expected) => {
    expect(Object.keys(allowed(name)).sort()).toEqual([...expected].sort())
  })

  test('the secret is one by name, and the logs are its own', () => {
    const write = allowed('sluice-users-write')
    expect(JSON.stringify(write['secretsmanager:GetSecretValue'])).toContain(
      ':secretsmanager:us-east-1:000000000000:secret:sluice/cassandra-??????',
    )
    expect(JSON.stringify(write['logs:PutLogEvents'])).toMatch(/usersWriteLogs/)
  })
})

test('no template holds a password or creates the secret', () => {
  for (const template of both) {
    template.resourceCountIs('AWS::SecretsManager::Secret', 0)
    expect(JSON.stringify(template.toJSON())).not.toMatch(/password|SecretString|resolve:secretsmanager/i)
  }
})
