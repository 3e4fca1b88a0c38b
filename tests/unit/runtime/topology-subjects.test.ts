import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { RegistryAccess } from '../../../src/core/environment.ts'
import { ensureSubjects } from '../../../src/runtime/topology/subjects.ts'
import { type GlueStub, notFound, refusal, result, startGlueStub } from '../../fixtures/glue-stub.ts'
import { orderSchema } from '../../fixtures/orders.ts'

const access: RegistryAccess = { kind: 'glue', name: 'sluice', region: 'eu-west-1' }
const patience = { deadlineMs: 2_000, intervalMs: 10 }
const hasty = { deadlineMs: 1_000, intervalMs: 10 }
const wanted = [
  {
    subject: 'orders-value',
    schema: { ...orderSchema, fields: [...orderSchema.fields, { name: 'day', type: 'string' }] },
  },
] as const
const ids = ['b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63', '98718bb6-ca2a-4ac6-b841-748cab68b1b1']
const version = (number: number, Status: string) =>
  result({
    SchemaVersionId: ids[number - 1],
    SchemaDefinition: JSON.stringify(orderSchema),
    VersionNumber: number,
    Status,
  })
const schema = (NextSchemaVersion: number) => result({ NextSchemaVersion, Compatibility: 'FULL_ALL' })

let stub: GlueStub
beforeAll(async () => {
  stub = await startGlueStub()
  vi.stubEnv('AWS_ENDPOINT_URL_GLUE', stub.registry.endpoint)
})
afterAll(() => stub?.server.close())
beforeEach(() => {
  stub.server.requests.length = 0
})

test('a schema that Glue finds incompatible is refused with the fields because of which', async () => {
  stub.answers = {
    GetSchema: [schema(2), schema(2), schema(3)],
    RegisterSchemaVersion: [result({ SchemaVersionId: ids[1], Status: 'FAILURE', VersionNumber: 2 })],
    GetSchemaVersion: [version(1, 'AVAILABLE'), version(1, 'AVAILABLE'), version(2, 'FAILURE')],
  }
  await expect(ensureSubjects(access, wanted, patience)).rejects.toMatchObject({
    code: 'SCHEMA_INCOMPATIBLE',
    message:
      'the registry refused the new schema of subject "orders-value": field "day" is new and has no default (none → string): give it a default',
  })
})

test('a registry that does not exist is waited for, and then named', async () => {
  stub.answers = { GetSchema: [notFound], GetRegistry: [notFound] }
  await expect(ensureSubjects(access, wanted, hasty)).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message:
      'The Glue registry sluice was not ready within 1 s: the Glue registry sluice in eu-west-1 does not exist: create it, or correct its name or region',
  })
})

test('a permission that is missing is named in the end', async () => {
  stub.answers = { GetSchema: [refusal('AccessDeniedException')] }
  await expect(ensureSubjects(access, wanted, hasty)).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining('allow glue:GetSchema to the role that asked'),
  })
})
