import { describe, expect, test } from 'vitest'
import { type CdkRequest, type CdkTarget, cdkCalls } from '../../../../src/operations/deployment/cdk-calls.ts'

const aws: CdkTarget = { name: 'aws', stage: 'prod', account: '123456789012', region: null }
const emulator = { endpoint: 'http://127.0.0.1:4566', region: 'us-east-1', accountId: '000000000000' }
const request = (more: Partial<CdkRequest>): CdkRequest => ({
  action: 'deploy',
  target: aws,
  context: {},
  deleteData: null,
  yes: false,
  ...more,
})
const lines = (more: Partial<CdkRequest>) => cdkCalls(request(more), {}).map(({ args }) => args.join(' '))
const own = '--context target=aws --context stage=prod --context account=123456789012'

describe('on AWS', () => {
  test('deploy and diff take all stacks, bound to the account', () => {
    expect(lines({ context: { cluster: 'provisioned' } })).toEqual([
      `deploy --all ${own} --context cluster=provisioned`,
    ])
    expect(lines({ action: 'diff', yes: true })).toEqual([`diff --all ${own}`])
    expect(lines({ target: { ...aws, region: 'eu-central-1' }, yes: true })).toEqual([
      `deploy --require-approval never --all ${own} --context region=eu-central-1`,
    ])
  })

  test('destroy leaves the stacks that hold data', () => {
    expect(lines({ action: 'destroy' })).toEqual([
      `destroy sluice-prod-observability sluice-prod-analytics sluice-prod-pipelines sluice-prod-topics ${own}`,
    ])
  })

  test('said twice, it lets the data go first and then takes all', () => {
    expect(lines({ action: 'destroy', deleteData: 'prod', yes: true })).toEqual([
      `deploy --require-approval never sluice-prod-network sluice-prod-streaming sluice-prod-storage sluice-prod-registry ${own} --context data=delete`,
      `destroy --force --all ${own} --context data=delete`,
    ])
  })

  test('the credentials are those of the machine', () => {
    expect(cdkCalls(request({}), {})[0]?.variables).toEqual({})
  })
})

test('on an emulator, no credentials of the machine get through', () => {
  const target: CdkTarget = { name: 'embedded', aws: emulator }
  const [call] = cdkCalls(request({ target, context: { cassandraPort: '9142' } }), {})
  expect(call?.args.join(' ')).toBe('deploy --all --context target=embedded --context cassandraPort=9142')
  expect(call?.variables).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
  })
})

test.each<[string, Partial<CdkRequest>, Record<string, string>, string]>([
  [
    'data of another stage than the one that is destroyed',
    { action: 'destroy', deleteData: 'dev' },
    {},
    '--delete-data is "dev", but the stage is "prod": type the name of the stage whose data is to go',
  ],
  [
    'data of an emulator',
    { action: 'destroy', deleteData: 'dev', target: { name: 'localstack', aws: emulator } },
    {},
    '--delete-data belongs to destroy --target aws; elsewhere: npm start -- --fresh',
  ],
  [
    'an endpoint beside AWS',
    {},
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    '--target aws is given, but AWS_ENDPOINT_URL is http://127.0.0.1:4566: unset it',
  ],
])('refuses %s', (_, more, environment, sentence) => {
  expect(() => cdkCalls(request(more), environment)).toThrow(sentence)
})
