import { describe, expect, test } from 'vitest'
import { sourceAccess } from '../../../src/event-source/access-properties.ts'
import { propertyChecks } from '../../../src/event-source/property-checks.ts'

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:kafka/login-AbCdEf'
const checks = propertyChecks('m')
const parse = (list: unknown, region: string | null = null) => sourceAccess(list, region, checks)
const of = (...types: string[]) => types.map((Type) => ({ Type, URI: Type.startsWith('VPC') ? 'subnet:s-1' : arn }))

describe('a self-managed source', () => {
  test('without any is plaintext, networks or not', () => {
    expect(parse(undefined)).toEqual({ kind: 'none' })
    expect(parse([])).toEqual({ kind: 'none' })
    expect(parse(of('VPC_SUBNET', 'VPC_SUBNET', 'VPC_SECURITY_GROUP'))).toEqual({ kind: 'none' })
  })

  test.each([
    ['BASIC_AUTH', 'plain'],
    ['SASL_SCRAM_256_AUTH', 'scram-sha-256'],
    ['SASL_SCRAM_512_AUTH', 'scram-sha-512'],
  ])('with %s logs in', (type, mechanism) => {
    expect(parse(of(type, 'VPC_SUBNET'))).toEqual({ kind: 'login', mechanism, secret: arn, authority: null })
    const own = [...of(type), { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: 'kafka/ca' }]
    expect(parse(own)).toMatchObject({ kind: 'login', authority: 'kafka/ca' })
  })

  test('may show a certificate, or speak TLS to a private authority alone', () => {
    expect(parse(of('CLIENT_CERTIFICATE_TLS_AUTH'))).toEqual({ kind: 'certificate', secret: arn, authority: null })
    expect(parse(of('SERVER_ROOT_CA_CERTIFICATE'))).toEqual({ kind: 'encrypted', authority: arn })
  })
})

test.each([
  [[], { kind: 'role', region: 'eu-west-1' }],
  [of('SASL_SCRAM_512_AUTH'), { kind: 'login', mechanism: 'scram-sha-512', secret: arn, authority: null }],
  [of('CLIENT_CERTIFICATE_TLS_AUTH'), { kind: 'certificate', secret: arn, authority: null }],
])('a cluster of MSK with %j', (list, access) => expect(parse(list, 'eu-west-1')).toEqual(access))

describe('refuses', () => {
  test.each<[unknown, string | null, string]>([
    [
      of('BASIC_AUTH', 'SASL_SCRAM_512_AUTH'),
      null,
      'SourceAccessConfigurations: Type is ["BASIC_AUTH","SASL_SCRAM_512_AUTH"], allowed is one of BASIC_AUTH and SASL_SCRAM_512_AUTH',
    ],
    [of('SASL_SCRAM_256_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH'), null, 'they are different ways to prove the same'],
    [of('BASIC_AUTH', 'BASIC_AUTH'), null, '[1].Type is "BASIC_AUTH", allowed is each type once'],
    [of('KERBEROS'), null, '[0].Type is "KERBEROS", allowed is VPC_SUBNET or'],
    [of('BASIC_AUTH'), 'eu-west-1', '[0].Type is "BASIC_AUTH", allowed is VPC_SUBNET or VPC_SECURITY_GROUP or SASL_S'],
    [of('SERVER_ROOT_CA_CERTIFICATE'), 'eu-west-1', '[0].Type is "SERVER_ROOT_CA_CERTIFICATE"'],
    [[{ Type: 'BASIC_AUTH' }], null, '[0].URI is nothing, allowed is the ARN or name of a secret'],
    [[{ Type: 'BASIC_AUTH', URI: 7 }], null, '[0].URI is "number"'],
    [[{ URI: arn }], null, '[0].Type is nothing'],
    [{}, null, 'SourceAccessConfigurations is "object", allowed is a list'],
  ])('%j (region %j)', (list, region, sentence) => expect(() => parse(list, region)).toThrow(sentence))

  test('a secret in place of its name, without quoting it', () => {
    const URI = '{"username":"u","password":"canary"}'
    expect(() => parse([{ Type: 'BASIC_AUTH', URI }])).toThrow('URI is "a text of another form"')
    expect(() => parse([{ Type: 'BASIC_AUTH', URI }])).not.toThrow('canary')
  })
})
