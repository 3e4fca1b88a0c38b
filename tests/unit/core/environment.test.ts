import { expect, test } from 'vitest'
import { type FunctionEnvironment, parseEnvironment, renderEnvironment } from '../../../src/core/environment.ts'

const local: FunctionEnvironment = {
  bootstrapServers: '127.0.0.1:9092,127.0.0.1:9093',
  kafka: { kind: 'plaintext' },
  cassandra: { kind: 'cassandra', host: '127.0.0.1', port: 9042, localDataCenter: 'datacenter1', secret: 'a/secret' },
  registry: { kind: 'confluent', url: 'http://127.0.0.1:8081/apis/ccompat/v7' },
  sourceUrl: null,
}
const aws: FunctionEnvironment = {
  bootstrapServers: 'boot.example:9098',
  kafka: { kind: 'iam', region: 'eu-west-1' },
  cassandra: { kind: 'keyspaces', region: 'eu-west-1' },
  registry: { kind: 'glue', name: 'sluice', region: 'eu-west-1' },
  sourceUrl: null,
}
const scram: FunctionEnvironment = { ...aws, kafka: { kind: 'scram', secret: 'a/secret' } }

test.each([
  ['plaintext, Cassandra and Confluent', local],
  ['IAM, Keyspaces and Glue', aws],
  ['SCRAM', scram],
  ['a URL that stands in for the sources', { ...local, sourceUrl: 'http://127.0.0.1:8090/api/' }],
])('%s: what is rendered is parsed again, whatever else is set', (_, environment) => {
  expect(parseEnvironment({ ...renderEnvironment(environment), PATH: '/bin' })).toEqual(environment)
})

test.each(
  [local, aws, scram].flatMap((each) => Object.keys(renderEnvironment(each)).map((name) => [name, each] as const)),
)('without %s the error names it', (name, environment) => {
  expect(() => parseEnvironment({ ...renderEnvironment(environment), [name]: undefined })).toThrow(
    expect.objectContaining({
      code: 'ENVIRONMENT_INVALID',
      message: `environment variable ${name} is not set: deploy the function again`,
    }),
  )
})

test.each([
  ['KAFKA_BOOTSTRAP_SERVERS', '', 'text'],
  ['KAFKA_ACCESS', 'kerberos', 'plaintext or iam or scram'],
  ['CASSANDRA_PORT', 'cql', 'a port number'],
  ['REGISTRY_URL', 'registry', 'a URL'],
  ['SOURCE_URL', 'none', 'a URL'],
])('%s of "%s" is refused, and %s is named as what is allowed', (name, value, allowed) => {
  expect(() => parseEnvironment({ ...renderEnvironment(local), [name]: value })).toThrow(
    `environment variable ${name} is "${value}", but ${allowed} is expected: deploy the function again`,
  )
})
