/**
 * What src/connect/registry.ts owes, against the real registry.
 */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectRegistry, type SchemaRegistry } from '../../../src/connect/registry.ts'
import { avroCodec } from '../../../src/core/avro-codec.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'
import { orderSchema } from '../../fixtures/orders.ts'

const text = JSON.stringify(orderSchema)
const withField = (field: object) => JSON.stringify({ ...orderSchema, fields: [...orderSchema.fields, field] })

/** Tests of a registry client. */
export function registryContract(endpoints: () => Endpoints): void {
  let registry: SchemaRegistry
  let subject: string
  beforeAll(() => {
    registry = connectRegistry(endpoints().registry)
    subject = `orders/${randomUUID()} value`
  })

  test('a registered schema has a positive id, the same each time and under its subject', async () => {
    const id = await registry.register(subject, text)
    expect(Number.isSafeInteger(id) && id > 0).toBe(true)
    expect(await registry.register(subject, text)).toBe(id)
    expect(await registry.idOf(subject, text)).toBe(id)
    expect(await registry.subjects()).toContain(subject)
  })

  test('the schema of an id reads what was written with the schema', async () => {
    const order = { id: 'a', amount: 1.5, note: 'ü' }
    const id = await registry.register(subject, text)
    const codec = avroCodec(orderSchema)
    expect({ ...codec.decode(codec.encode(order), await registry.schemaById(id)) }).toEqual(order)
  })

  test('a compatible schema gets an id of its own, an incompatible one is refused', async () => {
    const id = await registry.register(subject, text)
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    const added = await registry.register(subject, withField({ name: 'place', type: 'string', default: '' }))
    expect(added).not.toBe(id)
    expect(await registry.idOf(subject, text)).toBe(id)
    expect((await registry.versions(subject)).map((each) => JSON.parse(each).fields.length)).toEqual([3, 4])
    await expect(registry.register(subject, withField({ name: 'must', type: 'string' }))).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining(subject),
    })
  })

  test("a subject's latest id is that of the schema registered last; one without schemas has none", async () => {
    const own = `latest-${randomUUID()}-value`
    expect(await registry.latestId(own)).toBeNull()
    const first = await registry.register(own, text)
    expect(await registry.latestId(own)).toBe(first)
    const second = await registry.register(own, withField({ name: 'place', type: 'string', default: '' }))
    expect(await registry.latestId(own)).toBe(second)
    await registry.register(own, text)
    expect(await registry.latestId(own)).toBe(second)
  })

  test('what the registry does not hold is SCHEMA_UNKNOWN', async () => {
    await registry.register(subject, text)
    const unknown = { code: 'SCHEMA_UNKNOWN', retryable: false }
    await expect(registry.schemaById(2_000_000_000)).rejects.toMatchObject(unknown)
    await expect(registry.idOf(`none-${randomUUID()}`, text)).rejects.toMatchObject(unknown)
    await expect(registry.versions(`none-${randomUUID()}`)).rejects.toMatchObject(unknown)
    await expect(registry.idOf(subject, withField({ name: 'x', type: 'int' }))).rejects.toMatchObject(unknown)
  })

  describe('a registry that is away', () => {
    const unavailable = { code: 'REGISTRY_UNAVAILABLE', retryable: true }

    test('because nobody listens', async () => {
      const server = await startHttpServer()
      await server.close()
      await expect(connectRegistry(server).schemaById(1)).rejects.toMatchObject(unavailable)
    })

    test.each([
      ['an error', { status: 500, body: '{"error_code":50001}' }],
      ['a page of HTML', { status: 200, body: '<html></html>' }],
      ['JSON of something else', { status: 200, body: '"ok"' }],
      ["a proxy's own 404", { status: 404, body: '<html>not found</html>' }],
      ['nothing at all', { hang: true as const }],
    ])('behind somebody who answers %s, so that no record is given up for it', async (_, answer) => {
      const server = await startHttpServer()
      try {
        server.answer = () => answer
        const client = connectRegistry(server, 300)
        await expect(client.schemaById(1)).rejects.toMatchObject(unavailable)
        await expect(client.idOf(subject, text)).rejects.toMatchObject(unavailable)
        await expect(client.latestId(subject)).rejects.toMatchObject(unavailable)
      } finally {
        await server.close()
      }
    })
  })
}
