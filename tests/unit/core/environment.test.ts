import { expect, test } from 'vitest'
import { parseEnvironment } from '../../../src/core/environment.ts'

const complete = {
  KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092,127.0.0.1:9093',
  CASSANDRA_HOST: '127.0.0.1',
  CASSANDRA_PORT: '9042',
  CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
  CASSANDRA_SECRET: 'sluice/cassandra',
  REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
}

test('a complete environment is given back without the variables of others', () => {
  expect(parseEnvironment({ ...complete, PATH: '/bin' })).toEqual(complete)
})

test('the URL that stands in for the sources may be given', () => {
  const SOURCE_URL = 'http://127.0.0.1:8090/api/'
  expect(parseEnvironment({ ...complete, SOURCE_URL })).toEqual({ ...complete, SOURCE_URL })
})

test.each(Object.keys(complete))('without %s the error names it', (name) => {
  expect(() => parseEnvironment({ ...complete, [name]: undefined })).toThrow(
    expect.objectContaining({
      code: 'ENVIRONMENT_INVALID',
      message: `environment variable ${name} is not set: deploy the function again`,
    }),
  )
})

test.each([
  ['KAFKA_BOOTSTRAP_SERVERS', '', 'text'],
  ['CASSANDRA_PORT', 'cql', 'a port number'],
  ['REGISTRY_URL', 'registry', 'a URL'],
  ['SOURCE_URL', 'none', 'a URL'],
])('%s of "%s" is refused, and %s is named as what is allowed', (name, value, allowed) => {
  expect(() => parseEnvironment({ ...complete, [name]: value })).toThrow(
    `environment variable ${name} is "${value}", but ${allowed} is expected: deploy the function again`,
  )
})
