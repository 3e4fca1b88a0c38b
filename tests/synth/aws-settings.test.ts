import { describe, expect, test } from 'vitest'
import {
  type AwsSettings,
  chosenPipelines,
  expectReachable,
  readAwsSettings,
  sourceUrlOf,
} from '../../cdk/aws-settings.ts'
import { isInside, portOf } from '../../cdk/source-place.ts'
import { readTarget } from '../../cdk/target.ts'
import { pipelines } from '../../pipelines/index.ts'
import { orders } from '../fixtures/orders.ts'

type Values = Readonly<Record<string, unknown>>

const get = (values: Values) => (key: string) => values[key]
const target = { name: 'aws', account: undefined, region: undefined } as const
const settings = (values: Values, at: AwsSettings['target'] = target) =>
  readAwsSettings(get(values), Object.keys(values), at)
const sentence = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

const arn = 'arn:aws:kafka:eu-central-1:123456789012:cluster/ours/4c2f7b5e-1111-2222-3333-444455556666-s1'
const place = { vpc: 'vpc-0a1b', subnets: 'subnet-0a,subnet-0b', securityGroup: 'sg-0a' }

describe('the target', () => {
  test('is bound to the account and region of context, else of the credentials, else to none', () => {
    const credentials = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' }
    const values = { target: 'aws', account: 210987654321, region: 'us-west-2' }
    expect(readTarget(get(values), credentials)).toEqual({ name: 'aws', account: '210987654321', region: 'us-west-2' })
    expect(readTarget(get({ target: 'aws' }), credentials)).toMatchObject({
      account: '123456789012',
      region: 'eu-west-1',
    })
    expect(readTarget(get({ target: 'aws' }), {})).toEqual(target)
  })

  test.each<[string, Values, Record<string, string>, string]>([
    [
      'the account of emulators',
      {},
      { CDK_DEFAULT_ACCOUNT: '000000000000' },
      "target aws is given, but the account is 000000000000, which is an emulator's: use credentials of an AWS account",
    ],
    [
      'the account of emulators in context',
      { account: '000000000000' },
      {},
      "target aws is given, but the account is 000000000000, which is an emulator's: use credentials of an AWS account",
    ],
    [
      'an endpoint',
      {},
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
      'target aws is given, but AWS_ENDPOINT_URL is http://127.0.0.1:4566: unset it',
    ],
  ])('refuses %s', (_, values, environment, refusal) => {
    expect(sentence(() => readTarget(get({ target: 'aws', ...values }), environment))).toBe(refusal)
  })
})

describe('context', () => {
  test('what is left out follows from the stage', () => {
    const common = {
      target,
      cluster: { kind: 'serverless' },
      egress: 'nat',
      zones: null,
      alarmEmail: null,
      alarmWebhook: null,
      sourceUrl: null,
      pipelines: null,
    }
    expect(settings({ target: 'aws', stage: 'dev' })).toEqual({ ...common, stage: 'dev', logDays: 7, data: 'delete' })
    expect(settings({ stage: 'prod' })).toEqual({ ...common, stage: 'prod', logDays: 90, data: 'keep' })
  })

  test('an existing cluster comes with its place', () => {
    expect(settings({ stage: 'prod', cluster: arn, ...place }).cluster).toEqual({
      kind: 'existing',
      arn,
      vpc: 'vpc-0a1b',
      subnets: ['subnet-0a', 'subnet-0b'],
      securityGroup: 'sg-0a',
    })
  })

  test("CDK's own keys pass", () => {
    const values = {
      stage: 'dev',
      'aws:cdk:enable-path-metadata': true,
      '@aws-cdk/core:x': true,
      'cli-telemetry': false,
    }
    expect(settings(values).stage).toBe('dev')
  })

  test.each<[Values, string]>([
    [{}, 'target aws needs a stage: add -c stage=dev or -c stage=prod'],
    [{ stage: 'test' }, 'context "stage" is "test", but it must be dev or prod'],
    [{ stage: 'dev', account: '12' }, 'context "account" is "12", but it must be the 12 digits of an AWS account'],
    [{ stage: 'dev', region: 'here' }, 'context "region" is "here", but it must be a region such as eu-central-1'],
    [
      { stage: 'dev', zones: 'us-east-1' },
      'context "zones" is "us-east-1", but it must be a comma-joined list of availability zones such as eu-central-1a,eu-central-1b',
    ],
    [
      { stage: 'dev', zones: 'us-east-1a,us-east-1a' },
      'context "zones" is "us-east-1a,us-east-1a", but a serverless cluster needs 2 different zones',
    ],
    [
      { stage: 'dev', cluster: 'provisioned', zones: 'us-east-1a,us-east-1b' },
      'context "zones" is "us-east-1a,us-east-1b", but a provisioned cluster needs 3 different zones',
    ],
    [
      { stage: 'dev', cluster: arn, ...place, zones: 'us-east-1a,us-east-1b' },
      'context "zones" is given, but the network of an existing cluster belongs to its owner: leave it out',
    ],
    [
      { stage: 'dev', cluster: 'big' },
      'context "cluster" is "big", but it must be serverless, provisioned or the ARN of an MSK cluster',
    ],
    [{ stage: 'dev', egress: 'all' }, 'context "egress" is "all", but it must be nat or none'],
    [{ stage: 'dev', data: 'lose' }, 'context "data" is "lose", but it must be keep or delete'],
    [{ stage: 'dev', alarmEmail: 'me' }, 'context "alarmEmail" is "me", but it must be an e-mail address'],
    [{ stage: 'dev', alarmWebhook: 'http://x' }, 'context "alarmWebhook" is "http://x", but it must be an https URL'],
    [{ stage: 'dev', sourceUrl: 'ftp://x' }, 'context "sourceUrl" is "ftp://x", but it must be an http or https URL'],
    [
      { stage: 'dev', pipelines: 'users, iot' },
      'context "pipelines" is "users, iot", but it must be a comma-joined list of names of pipelines',
    ],
    [
      { stage: 'dev', bootstrapServers: 'x:1' },
      'context "bootstrapServers" means nothing on target aws: use stage, account, region, cluster, vpc, subnets, securityGroup, egress, zones, data, alarmEmail, alarmWebhook, sourceUrl, pipelines',
    ],
    [
      { stage: 'dev', vpc: 'vpc-0a1b' },
      'context "vpc" is given, but the app makes the network of a serverless cluster: leave it out',
    ],
    [
      { stage: 'dev', cluster: arn, vpc: 'vpc-0a1b' },
      'context "cluster" names an existing cluster, so "subnets" is needed: a comma-joined list of two or more ids subnet-…',
    ],
    [
      { stage: 'dev', cluster: arn, ...place, region: 'us-east-1' },
      'context "cluster" is in eu-central-1, but the region is us-east-1: they must be the same',
    ],
    [
      { stage: 'dev', cluster: arn, ...place, egress: 'none' },
      'context "egress" is given, but the network of an existing cluster belongs to its owner: leave it out',
    ],
  ])('%o', (values, refusal) => {
    expect(sentence(() => settings(values))).toBe(refusal)
  })
})

describe('the pipelines of a deployment', () => {
  const chosen = (values: Values) => chosenPipelines(settings({ stage: 'dev', ...values }), pipelines)
  const names = (values: Values) => chosen(values).map(({ name }) => name)

  test('are all where something stands in for their sources, else those that are named', () => {
    expect(chosen({ sourceUrl: 'https://sources.example.internal' })).toEqual(pipelines)
    expect(names({ pipelines: 'users' })).toEqual(['users'])
    expect(names({ pipelines: 'iot,users', sourceUrl: 'http://10.0.0.1/' })).toEqual(['users', 'iot'])
  })

  test.each<[Values, string]>([
    [
      { pipelines: 'logs,users' },
      'pipeline "logs" has no source on AWS: add -c sourceUrl=… with what answers at /logs, or deploy others: -c pipelines=users',
    ],
    [
      { pipelines: 'people' },
      `context "pipelines" names "people", which there is not: there are ${pipelines.map(({ name }) => name).join(',')}`,
    ],
  ])('%o is refused', (values, refusal) => {
    expect(sentence(() => chosen(values))).toBe(refusal)
  })

  test('one that reads this machine has no source there, unless something stands in for it', () => {
    const own = { ...orders, source: { ...orders.source, url: 'http://127.0.0.1:3000/orders' } }
    const among = (values: Values) => chosenPipelines(settings({ stage: 'dev', ...values }), [own, ...pipelines])
    expect(sentence(() => among({ pipelines: 'orders,users' }))).toBe(
      'pipeline "orders" has no source on AWS: add -c sourceUrl=… with what answers at /orders, or deploy others: -c pipelines=users',
    )
    const sourceUrl = 'https://sources.example.internal'
    expect(sourceUrlOf(settings({ stage: 'dev', sourceUrl }), own)).toBe(`${sourceUrl}/orders`)
  })

  test("each finds its source at its name below context's", () => {
    const [users] = pipelines
    if (!users) throw new Error('there is no pipeline')
    const url = (values: Values) => sourceUrlOf(settings({ stage: 'dev', ...values }), users)
    expect(url({})).toBe('https://randomuser.me/api/')
    for (const sourceUrl of ['https://a.example.com/b', 'https://a.example.com/b/']) {
      expect(url({ sourceUrl })).toBe('https://a.example.com/b/users')
    }
  })
})

describe('a network without a way out', () => {
  test('refuses a source outside, naming the pipeline', () => {
    const refused = settings({ stage: 'dev', egress: 'none' })
    expect(sentence(() => expectReachable(refused, pipelines))).toBe(
      'context "egress" is "none", but the source of pipeline "users" is outside the network (randomuser.me): leave egress out, or give an address inside',
    )
  })

  test('takes a source inside', () => {
    const inside = settings({ stage: 'dev', egress: 'none', sourceUrl: 'https://people.example.internal/api/' })
    expect(sentence(() => expectReachable(inside, pipelines))).toBe('accepted')
  })

  test.each([
    ['https://randomuser.me/api/', false],
    ['http://8.8.8.8/', false],
    ['http://172.32.0.1/', false],
    ['http://[2001:db8::1]/', false],
    ['https://internal.example.com/', false],
    ['http://10.1.2.3:8080/', true],
    ['http://172.31.0.1/', true],
    ['http://192.168.1.1/', true],
    ['http://[fd00::1]/', true],
    ['https://api.example.internal/', true],
    ['https://vpce-0a1b-x.execute-api.eu-west-1.vpce.amazonaws.com/', true],
  ])('%s is inside: %s', (url, inside) => {
    expect(isInside(url)).toBe(inside)
  })

  test.each([
    ['https://a.example/', 443],
    ['http://a.example/', 80],
    ['http://a.example:8080/', 8080],
  ])('%s is at port %i', (url, port) => {
    expect(portOf(url)).toBe(port)
  })
})
