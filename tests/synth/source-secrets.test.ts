import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { pipeline as users } from '../../pipelines/users.ts'
import { secret } from '../../src/core/secret.ts'
import { awsStacks, resources, stacks } from './templates.ts'

const withKey = [
  { ...users, source: { ...users.source, headers: { 'x-client': 'sluice', 'x-api-key': secret('sluice/key') } } },
]
const inside = { egress: 'none', sourceUrl: 'https://people.example.internal/api/' }

/** Roles whose policies name the secret, by the beginning of their id. */
function readers(template: Template): string[] {
  return resources(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties).includes(':secret:sluice/key-??????'))
    .map(([id]) => id.replace(/Role.*/, ''))
}

test('the ingest alone may read the secret of its source, on each target', () => {
  expect(readers(Template.fromStack(stacks({}, withKey).pipelines))).toEqual(['usersIngest'])
  expect(readers(Template.fromStack(stacks().pipelines))).toEqual([])
  expect(readers(Template.fromStack(awsStacks({}, withKey).pipelines))).toEqual(['usersIngest'])
})

test('a network without a way out has an endpoint for the secret', () => {
  const endpoints = (pipelines: Parameters<typeof awsStacks>[1]) =>
    JSON.stringify(resources(Template.fromStack(awsStacks(inside, pipelines).network), 'AWS::EC2::VPCEndpoint'))
  expect(endpoints(withKey)).toContain('secretsmanager')
  expect(endpoints([users])).not.toContain('secretsmanager')
})
