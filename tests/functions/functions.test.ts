/**
 * Local invocations of the built functions with recorded events, as far as they go without services.
 * Not for the path through real services: see tests/system.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline as users } from '../../pipelines/users.ts'
import { frame, unframe } from '../../src/core/wire-format.ts'
import { functionNames } from '../../src/operations/logs/function-logs.ts'
import { type HttpServer, startHttpServer } from '../fixtures/http-server.ts'
import { type Build, type BuiltFunction, buildFunctions, run } from './built.ts'

const clone = resolve(import.meta.dirname, '../..')
const recorded = (name: string) => JSON.parse(readFileSync(join(clone, 'tests/fixtures', `${name}.event.json`), 'utf8'))

let build: Build
/** Stands in for the registry, which holds the schemas of the recorded events, and for Secrets Manager. */
let services: HttpServer

beforeAll(async () => {
  services = await startHttpServer()
  build = buildFunctions()
})
afterAll(async () => {
  build?.remove()
  await services?.close()
})
beforeEach(() => {
  services.requests.length = 0
  services.answer = answer
})

const schemas = [users.topic.schema, users.process?.topic.schema].map((schema) => JSON.stringify(schema))

function answer(url: URL, body: string) {
  if (url.pathname === '/') return { body: JSON.stringify({ SecretString: '{"username":"u","password":"p"}' }) }
  const byId = /^\/schemas\/ids\/(\d)$/.exec(url.pathname)
  if (byId) return { body: JSON.stringify({ schema: schemas[Number(byId[1]) - 1] }) }
  return { body: JSON.stringify({ id: schemas.indexOf(JSON.parse(body).schema) + 1 }) }
}

/** What Lambda sets besides the deployed environment, and addresses at which nobody listens. */
const runtime = () => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: services.url,
  KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
  CASSANDRA_PORT: '1',
  REGISTRY_URL: services.url,
})
const nowhere = 'http://127.0.0.1:1/'
const glue = { REGISTRY_ACCESS: 'glue', GLUE_REGISTRY: 'sluice', GLUE_REGION: 'eu-west-1' }
const functionCalled = (name: string) => {
  const found = build.functions.find((each) => each.name === name)
  if (found) return found
  throw new Error(`no function ${name}`)
}
const invoke = (name: string, event: unknown, changes: Readonly<Record<string, string>> = {}) =>
  run(functionCalled(name), event, { ...runtime(), ...changes })

/** No value of the fixture may be in a log. */
function expectNoPersonalData(log: string): void {
  for (const word of ['example.com', "O'Neil", 'Jürgen', 'Halifax', '011-555-0100']) expect(log).not.toContain(word)
}

describe('every function', () => {
  const stages = ['ingest', 'process', 'write'].map((stage) => `sluice-users-${stage}`)
  const names = [...stages, 'sluice-verify', 'sluice-topology']

  test('is built', () => {
    expect(build.functions.map(({ name }) => name).sort()).toEqual(functionNames(pipelines).sort())
  })

  test('lies outside the clone, with no package but the layer in reach', () => {
    for (const { code, modules } of build.functions) {
      expect(relative(clone, code)).toMatch(/^\.\./)
      expect(readdirSync(code).sort()).toEqual(['index.js', 'index.js.map'])
      expect(existsSync(join(modules, 'kafkajs/index.js'))).toBe(true)
    }
  })

  test.each(names)('%s loads with only NODE_PATH and its own environment, and takes no callback', async (name) => {
    const { parameters } = await run(functionCalled(name))
    expect(parameters).toBeGreaterThanOrEqual(1)
    expect(parameters).toBeLessThan(3)
  })

  test.each(names)('%s does not load without the layer', async (name) => {
    const built: BuiltFunction = { ...functionCalled(name), modules: '' }
    await expect(run(built)).rejects.toThrow(/Cannot find module/)
  })

  test.each(names)('%s says which variable is missing', async (name) => {
    const built = functionCalled(name)
    const { CASSANDRA_HOST: _, ...environment } = built.environment
    await expect(run({ ...built, environment })).rejects.toThrow(
      'environment variable CASSANDRA_HOST is not set: deploy the function again',
    )
  })
})

describe('process', () => {
  test('filters what is no user, and needs nothing but the registry for it', async () => {
    const { result, log } = await invoke('sluice-users-process', recorded('users-process-filtered'))
    expect(result).toEqual({ batchItemFailures: [] })
    expect(services.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /subjects/users_enriched-value',
      'GET /schemas/ids/1',
    ])
    expect(JSON.parse(log.trim())).toMatchObject({
      message: 'batch settled',
      stage: 'process',
      records: 2,
      deadLetters: 0,
      failed: 0,
      function_request_id: 'request-1',
    })
    expectNoPersonalData(log)
  })

  test('does the same with a registry of AWS Glue, whose calls it signs with what the layer holds', async () => {
    const SchemaVersionId = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
    const version = { SchemaVersionId, Status: 'AVAILABLE', VersionNumber: 1, SchemaDefinition: schemas[0] }
    services.answer = () => ({ body: JSON.stringify(version) })
    const event = recorded('users-process-filtered')
    for (const record of Object.values<{ value: string }[]>(event.records).flat()) {
      const { payload } = unframe(Buffer.from(record.value, 'base64'))
      record.value = frame(SchemaVersionId, payload).toString('base64')
    }
    const { result, log } = await invoke('sluice-users-process', event, glue)
    expect(result).toEqual({ batchItemFailures: [] })
    expect(services.requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AWSGlue.GetSchemaByDefinition',
      'AWSGlue.GetSchemaVersion',
    ])
    expect(services.requests[0]?.headers.authorization).toContain('/eu-west-1/glue/aws4_request')
    expect(JSON.parse(log.trim())).toMatchObject({ records: 2, deadLetters: 0, failed: 0 })
  })

  test('fails for a passing reason while the registry is away', async () => {
    const { error, log } = await invoke('sluice-users-process', recorded('users-process'), { REGISTRY_URL: nowhere })
    expect(error).toMatchObject({ name: 'SluiceError', code: 'REGISTRY_UNAVAILABLE' })
    expect(log).toContain('"retryable":true')
    expectNoPersonalData(log)
  })
})

describe('write', () => {
  test('reports every record for retry while the registry is away', async () => {
    const { result, log } = await invoke('sluice-users-write', recorded('users-write'), { REGISTRY_URL: nowhere })
    const identifiers = [40, 42, 44].map((offset) => ({ itemIdentifier: { partition: 'users_enriched-0', offset } }))
    const others = [41, 43, 45].map((offset) => ({ itemIdentifier: { partition: 'users_enriched-1', offset } }))
    expect(result).toEqual({ batchItemFailures: [...identifiers, ...others] })
    expect(log).toContain('REGISTRY_UNAVAILABLE')
    expectNoPersonalData(log)
  })

  test('fails for a passing reason while Cassandra is away', async () => {
    const { error, log } = await invoke('sluice-users-write', recorded('users-write'))
    expect(error).toMatchObject({ name: 'SluiceError', code: 'CASSANDRA_UNAVAILABLE' })
    expect(services.requests.some(({ headers }) => headers['x-amz-target'] === 'secretsmanager.GetSecretValue')).toBe(
      true,
    )
    expectNoPersonalData(log)
  })

  test('fails for a passing reason while the secret cannot be read', async () => {
    services.answer = (url, body) =>
      url.pathname === '/' ? { status: 400, body: '{"__type":"ResourceNotFoundException"}' } : answer(url, body)
    const { error } = await invoke('sluice-users-write', recorded('users-write'))
    expect(error).toMatchObject({ code: 'CASSANDRA_UNAVAILABLE' })
  })
})

describe('ingest', () => {
  test('asks the source for nothing while the ledger is away', async () => {
    const { error, log } = await invoke('sluice-users-ingest', recorded('users-schedule'), {
      SOURCE_URL: `${services.url}source/`,
    })
    expect(error).toMatchObject({ name: 'SluiceError', code: 'CASSANDRA_UNAVAILABLE' })
    expect(services.requests.some(({ url }) => url.startsWith('/source/'))).toBe(false)
    expect(log).toContain('invocation failed')
  })

  test('refuses an event that is no schedule of its own', async () => {
    const { error } = await invoke('sluice-users-ingest', {})
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' })
  })
})

describe('verify', () => {
  test('fails for a passing reason while the ledger is away, and judges nothing', async () => {
    const { error, log } = await invoke('sluice-verify', { pipelines: ['users'] })
    expect(error).toMatchObject({ name: 'SluiceError', code: 'CASSANDRA_UNAVAILABLE' })
    expect(log).toContain('"retryable":true')
    expect(log).not.toContain('run judged')
  })

  test('refuses an event that names no pipelines', async () => {
    const { error } = await invoke('sluice-verify', {})
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' })
  })
})

describe('topology', () => {
  test('keeps the data when its stack is deleted, and needs no service for it', async () => {
    const { result } = await invoke('sluice-topology', { RequestType: 'Delete', ResourceProperties: {} })
    expect(result).toEqual({ PhysicalResourceId: 'sluice-topology' })
    expect(services.requests).toEqual([])
  })
})
