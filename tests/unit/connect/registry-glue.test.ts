import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectRegistry } from '../../../src/connect/registry.ts'
import type { SchemaRegistry } from '../../../src/connect/schema-registry.ts'
import { type GlueStub, notFound, refusal, result, startGlueStub } from '../../fixtures/glue-stub.ts'
import type { Answer } from '../../fixtures/http-server.ts'

const id = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
const otherId = '98718bb6-ca2a-4ac6-b841-748cab68b1b1'
const text = '{"type":"record","name":"A","fields":[]}'
const canonicalText = '{"fields":[],"name":"A","type":"record"}'
const SchemaId = { RegistryName: 'sluice', SchemaName: 'a-value' }

const registered = (Status: string, SchemaVersionId = id) => result({ SchemaVersionId, Status, VersionNumber: 1 })
const version = (Status: string, VersionNumber = 1, SchemaVersionId = id) =>
  result({ SchemaVersionId, SchemaDefinition: `{"v":${VersionNumber}}`, VersionNumber, Status, DataFormat: 'AVRO' })
const schema = (NextSchemaVersion: number, Compatibility = 'FULL_ALL') =>
  result({ ...SchemaId, NextSchemaVersion, LatestSchemaVersion: NextSchemaVersion - 1, Compatibility })
const registry = result({ RegistryName: 'sluice', Status: 'AVAILABLE' })

const unavailable = { code: 'REGISTRY_UNAVAILABLE', retryable: true }
const unknown = { code: 'SCHEMA_UNKNOWN', retryable: false }

let stub: GlueStub
let client: SchemaRegistry

beforeAll(async () => {
  stub = await startGlueStub()
  client = connectRegistry(stub.registry, 5_000)
})
afterAll(() => stub?.server.close())
beforeEach(() => {
  stub.server.requests.length = 0
  stub.answers = {}
})

const actions = () => stub.asked().map(({ action }) => action)
const inputOf = (action: string) => stub.asked().findLast((each) => each.action === action)?.input

test('a schema is told with its format', async () => {
  const { body, ...rest } = version('AVAILABLE')
  const said = { ...rest, body: JSON.stringify({ ...JSON.parse(String(body)), DataFormat: 'PROTOBUF' }) }
  stub.answers = { GetSchemaVersion: [version('AVAILABLE'), said] }
  expect((await client.registeredSchema(id)).dataFormat).toBe('AVRO')
  expect((await client.registeredSchema(id)).dataFormat).toBe('PROTOBUF')
})

describe('register', () => {
  test('asks with the canonical text, and gives the id of a version that is available at once', async () => {
    stub.answers = { RegisterSchemaVersion: [registered('AVAILABLE')] }
    expect(await client.register('a-value', text)).toBe(id)
    expect(stub.asked()).toEqual([
      { action: 'RegisterSchemaVersion', input: { SchemaId, SchemaDefinition: canonicalText } },
    ])
  })

  test('waits while Glue compares the version with the others', async () => {
    stub.answers = {
      RegisterSchemaVersion: [registered('PENDING')],
      GetSchemaVersion: [version('PENDING'), version('AVAILABLE')],
    }
    expect(await client.register('a-value', text)).toBe(id)
    expect(actions()).toEqual(['RegisterSchemaVersion', 'GetSchemaVersion', 'GetSchemaVersion'])
    expect(inputOf('GetSchemaVersion')).toEqual({ SchemaVersionId: id })
  })

  test.each([
    ['after a while', [registered('PENDING')]],
    ['at once, as the same text was refused before', [registered('FAILURE')]],
  ])('fails with SCHEMA_INCOMPATIBLE where Glue refuses the version %s', async (_, RegisterSchemaVersion) => {
    stub.answers = { RegisterSchemaVersion, GetSchemaVersion: [version('FAILURE')] }
    await expect(client.register('a-value', text)).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message:
        'the Glue registry sluice in eu-west-1 refused the new schema of subject "a-value" as incompatible with the versions it holds',
    })
  })

  test('creates a subject under FULL_ALL, so that it is never without the rule', async () => {
    stub.answers = {
      RegisterSchemaVersion: [notFound],
      GetRegistry: [registry],
      CreateSchema: [result({ SchemaVersionId: id, SchemaVersionStatus: 'AVAILABLE' })],
    }
    expect(await client.register('a-value', text)).toBe(id)
    expect(inputOf('CreateSchema')).toEqual({
      RegistryId: { RegistryName: 'sluice' },
      SchemaName: 'a-value',
      DataFormat: 'AVRO',
      Compatibility: 'FULL_ALL',
      SchemaDefinition: canonicalText,
    })
  })

  test('registers with a subject that somebody else has created meanwhile', async () => {
    stub.answers = {
      RegisterSchemaVersion: [notFound, registered('AVAILABLE', otherId)],
      GetRegistry: [registry],
      CreateSchema: [refusal('AlreadyExistsException')],
    }
    expect(await client.register('a-value', text)).toBe(otherId)
  })
})

describe('the compatibility rule', () => {
  test('that is set already is left alone, with its checkpoint', async () => {
    stub.answers = { GetSchema: [schema(3)] }
    await client.setCompatibility('a-value', 'FULL_TRANSITIVE')
    expect(actions()).toEqual(['GetSchema'])
  })

  test('is set from the oldest version on that there still is', async () => {
    stub.answers = {
      GetSchema: [schema(4, 'BACKWARD')],
      GetRegistry: [registry],
      GetSchemaVersion: [notFound, version('AVAILABLE', 2), version('AVAILABLE', 3)],
      UpdateSchema: [result({})],
    }
    await client.setCompatibility('a-value', 'FULL_TRANSITIVE')
    expect(inputOf('UpdateSchema')).toEqual({
      SchemaId,
      SchemaVersionNumber: { VersionNumber: 2 },
      Compatibility: 'FULL_ALL',
    })
  })
})

describe('of a subject', () => {
  test('versions that were refused or deleted are none', async () => {
    stub.answers = {
      GetSchema: [schema(5)],
      GetRegistry: [registry],
      GetSchemaVersion: [version('AVAILABLE', 1), version('FAILURE', 2), notFound, version('AVAILABLE', 4)],
    }
    expect(await client.versions('a-value')).toEqual(['{"v":1}', '{"v":4}'])
  })

  test('the latest id is that of the last version that is available', async () => {
    stub.answers = { GetSchema: [schema(4)], GetSchemaVersion: [version('FAILURE', 3), version('AVAILABLE', 2)] }
    expect(await client.latestId('a-value')).toBe(id)
    expect(inputOf('GetSchemaVersion')).toEqual({ SchemaId, SchemaVersionNumber: { VersionNumber: 2 } })
  })

  test('no version that is available is no latest id', async () => {
    stub.answers = { GetSchema: [schema(2)], GetSchemaVersion: [version('FAILURE')] }
    expect(await client.latestId('a-value')).toBe(null)
  })
})

test('subjects come from all pages', async () => {
  const page = (name: string, NextToken?: string) => result({ Schemas: [{ SchemaName: name }], NextToken })
  stub.answers = { ListSchemas: [page('a', 'one'), page('b', 'two'), page('c')] }
  expect(await client.subjects()).toEqual(['a', 'b', 'c'])
  expect(stub.asked().map(({ input }) => input.NextToken)).toEqual([undefined, 'one', 'two'])
})

describe('a schema version', () => {
  test('that Glue is still checking is a reason to try again', async () => {
    stub.answers = { GetSchemaVersion: [version('PENDING')], GetSchemaByDefinition: [registered('PENDING')] }
    await expect(client.schemaById(id)).rejects.toMatchObject(unavailable)
    await expect(client.idOf('a-value', text)).rejects.toMatchObject(unavailable)
  })

  test('that Glue refused is unknown', async () => {
    stub.answers = { GetSchemaVersion: [version('FAILURE')], GetSchemaByDefinition: [registered('FAILURE')] }
    await expect(client.schemaById(id)).rejects.toMatchObject(unknown)
    await expect(client.idOf('a-value', text)).rejects.toMatchObject(unknown)
  })

  test('that is being deleted is still read', async () => {
    stub.answers = { GetSchemaVersion: [version('DELETING')] }
    expect(await client.schemaById(id)).toBe('{"v":1}')
  })
})

test("an id of Confluent's API is unknown without asking", async () => {
  await expect(client.schemaById(7)).rejects.toMatchObject({
    ...unknown,
    message: "schema id 7 is one of Confluent's API, and the Glue registry sluice in eu-west-1 has UUIDs",
  })
  expect(actions()).toEqual([])
})

describe('no record is given up', () => {
  test('for a registry that does not exist: its schemas are not unknown', async () => {
    stub.answers = { GetSchemaVersion: [notFound], GetSchemaByDefinition: [notFound], GetRegistry: [notFound] }
    const missing = {
      ...unavailable,
      message: 'the Glue registry sluice in eu-west-1 does not exist: create it, or correct its name or region',
    }
    await expect(client.schemaById(id)).rejects.toMatchObject(missing)
    await expect(client.idOf('a-value', text)).rejects.toMatchObject(missing)
  })

  test('for a permission that is missing, which the message names', async () => {
    stub.answers = { GetSchemaVersion: [refusal('AccessDeniedException')] }
    await expect(client.schemaById(id)).rejects.toMatchObject({
      ...unavailable,
      message:
        'the Glue registry sluice in eu-west-1 denied GetSchemaVersion: allow glue:GetSchemaVersion to the role that asked',
    })
    expect(actions()).toEqual(['GetSchemaVersion'])
  })

  test('for a refusal of another kind, which the message quotes', async () => {
    stub.answers = { GetSchemaVersion: [refusal('ExpiredTokenException', 'The security token is expired')] }
    await expect(client.schemaById(id)).rejects.toMatchObject({
      ...unavailable,
      message:
        'the Glue registry sluice in eu-west-1 refused GetSchemaVersion with ExpiredTokenException: The security token is expired',
    })
  })

  test.each<[string, Answer]>([
    ['an error', refusal('InternalServiceException', 'no', 500)],
    ['a page of HTML', { status: 200, body: '<html></html>' }],
    ['JSON of something else', { status: 200, body: '"ok"' }],
    ["a proxy's own 404", { status: 404, body: '<html>not found</html>' }],
    ['an id that is no UUID', registered('AVAILABLE', 'orders')],
    ['nothing at all', { hang: true }],
  ])('for somebody who answers %s', async (_, answer) => {
    stub.answers = { GetSchemaVersion: [answer], GetSchemaByDefinition: [answer] }
    const hasty = connectRegistry(stub.registry, 300)
    await expect(hasty.schemaById(id)).rejects.toMatchObject(unavailable)
    await expect(hasty.idOf('a-value', text)).rejects.toMatchObject(unavailable)
  })

  test('for a registry that nobody listens for', async () => {
    const nowhere = connectRegistry({ ...stub.registry, endpoint: 'http://127.0.0.1:1' }, 300)
    await expect(nowhere.schemaById(id)).rejects.toMatchObject(unavailable)
  })
})
