import { describe, expect, test } from 'vitest'
import { propertyChecks } from '../../../../src/event-source/property-checks.ts'
import { registryProperties } from '../../../../src/event-source/registry/registry-properties.ts'

const checks = propertyChecks('m')
const least = {
  SchemaRegistryURI: 'https://registry.example:8081/',
  EventRecordFormat: 'JSON',
  SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
}
const glue = 'arn:aws:glue:eu-west-1:123456789012:registry/sluice'
const parse = (change: object = {}) => registryProperties('C', { ...least, ...change }, checks)

test('none is none', () => expect(registryProperties('C', undefined, checks)).toBeNull())

test("takes a registry with Confluent's API", () => {
  expect(parse()).toEqual({
    registry: { kind: 'confluent', url: least.SchemaRegistryURI, login: null, certificate: null, authority: null },
    format: 'JSON',
    attributes: ['value'],
  })
  const AccessConfigs = [
    { Type: 'BASIC_AUTH', URI: 'a' },
    { Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: 'b' },
    { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: 'c' },
  ]
  expect(parse({ AccessConfigs })?.registry).toMatchObject({ login: 'a', certificate: 'b', authority: 'c' })
})

test('takes one of AWS Glue, SOURCE, and both attributes in any order', () => {
  const SchemaValidationConfigs = [{ Attribute: 'VALUE' }, { Attribute: 'KEY' }, { Attribute: 'VALUE' }]
  expect(parse({ SchemaRegistryURI: glue, EventRecordFormat: 'SOURCE', SchemaValidationConfigs })).toEqual({
    registry: { kind: 'glue', name: 'sluice', region: 'eu-west-1' },
    format: 'SOURCE',
    attributes: ['key', 'value'],
  })
})

describe('refuses', () => {
  test.each<[object, string]>([
    [{ SchemaRegistryURI: undefined }, 'SchemaRegistryURI is nothing, allowed is the http or https URL'],
    [{ SchemaRegistryURI: 'ftp://x' }, 'SchemaRegistryURI is "something else"'],
    [{ EventRecordFormat: 'AVRO' }, 'EventRecordFormat is "AVRO", allowed is "JSON" or "SOURCE"'],
    [{ SchemaValidationConfigs: [] }, 'SchemaValidationConfigs is [], allowed is a list of objects with Attribute'],
    [
      { SchemaValidationConfigs: [{ Attribute: 'HEADERS' }] },
      '[0].Attribute is "HEADERS", allowed is "KEY" or "VALUE"',
    ],
    [{ AccessConfigs: [{ Type: 'OAUTHBEARER_AUTH', URI: 'a' }] }, 'AccessConfigs[0].Type is "OAUTHBEARER_AUTH"'],
    [
      { SchemaRegistryURI: glue, AccessConfigs: [{ Type: 'BASIC_AUTH', URI: 'a' }] },
      'AccessConfigs is ["BASIC_AUTH"], allowed is to leave it out with a Glue registry',
    ],
    [{ Subjects: [] }, 'C.SchemaRegistryConfig.Subjects is [], allowed is to leave it out'],
  ])('%j', (change, sentence) => expect(() => parse(change)).toThrow(sentence))

  test('a login in the URL, without quoting it', () => {
    const SchemaRegistryURI = 'https://u:canary@registry.example'
    expect(() => parse({ SchemaRegistryURI })).toThrow('SchemaRegistryURI is "something else"')
    expect(() => parse({ SchemaRegistryURI })).not.toThrow('canary')
  })
})
