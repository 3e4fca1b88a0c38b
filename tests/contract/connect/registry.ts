/**
 * What src/connect/registry.ts owes, whichever kind the registry is of.
 */
import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { connectRegistry } from '../../../src/connect/registry.ts'
import type { SchemaRegistry } from '../../../src/connect/schema-registry.ts'
import type { RegistryEndpoint } from '../../../src/core/endpoints.ts'
import { frame, type SchemaId, unframe } from '../../../src/core/wire-format.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'
import { orderSchema } from '../../fixtures/orders.ts'

const text = JSON.stringify(orderSchema)
const withField = (field: object) => JSON.stringify({ ...orderSchema, fields: [...orderSchema.fields, field] })
/** The same schema with every object's keys the other way round, and with spaces. */
const reordered = JSON.stringify(
  JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  ),
  null,
  2,
)

/** What the registries under test differ in. */
export type RegistryKind = {
  readonly endpoint: () => RegistryEndpoint
  /** Name of a subject that no other test uses. */
  readonly newSubject: () => string
  /** An id of its kind that no schema has, and one of the other kind. */
  readonly unknownId: SchemaId
  readonly foreignId: SchemaId
  /** What the peer does not do as its original: unit tests answer in its place. */
  readonly leftOut: readonly ('compatibility' | 'subjects')[]
}

/** Tests of a registry client. */
export function registryContract({ endpoint, newSubject, unknownId, foreignId, leftOut }: RegistryKind): void {
  let registry: SchemaRegistry
  let subject: string
  beforeAll(() => {
    registry = connectRegistry(endpoint())
    subject = newSubject()
  })

  test('a registered schema has an id of the kind, the same each time and under its subject', async () => {
    const id = await registry.register(subject, text)
    expect(typeof id).toBe(typeof unknownId)
    expect(await registry.register(subject, text)).toBe(id)
    expect(await registry.idOf(subject, text)).toBe(id)
    expect(await registry.latestId(subject)).toBe(id)
    expect(unframe(frame(id, Buffer.from('a')))).toEqual({ schemaId: id, payload: Buffer.from('a') })
  })

  test('keys in another order and other spacing are the same schema', async () => {
    const id = await registry.register(subject, text)
    expect(await registry.idOf(subject, reordered)).toBe(id)
    expect(await registry.register(subject, reordered)).toBe(id)
    expect(await registry.versions(subject)).toHaveLength(1)
  })

  test('the schema of an id reads what was written with the schema', async () => {
    const order = { id: 'a', amount: 1.5, note: 'ü' }
    const id = await registry.register(subject, text)
    const codec = avroCodec(orderSchema)
    expect({ ...codec.decode(codec.encode(order), await registry.schemaById(id)) }).toEqual(order)
  })

  test('a compatible schema gets an id of its own and is the latest; the versions are in order', async () => {
    const id = await registry.register(subject, text)
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    const added = await registry.register(subject, withField({ name: 'place', type: 'string', default: '' }))
    expect(added).not.toBe(id)
    expect(await registry.idOf(subject, text)).toBe(id)
    expect(await registry.latestId(subject)).toBe(added)
    expect((await registry.versions(subject)).map((each) => JSON.parse(each).fields.length)).toEqual([3, 4])
  })

  test('who registers a subject at once with others gets the same id', async () => {
    const contested = newSubject()
    const ids = await Promise.all([1, 2, 3].map(() => registry.register(contested, text)))
    expect(new Set(ids).size).toBe(1)
  })

  test.skipIf(leftOut.includes('compatibility'))('an incompatible schema is refused', async () => {
    await registry.register(subject, text)
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    await expect(registry.register(subject, withField({ name: 'must', type: 'string' }))).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining(subject),
    })
  })

  test("a subject's latest id is that of the schema registered last; one without schemas has none", async () => {
    const own = newSubject()
    expect(await registry.latestId(own)).toBeNull()
    const first = await registry.register(own, text)
    expect(await registry.latestId(own)).toBe(first)
    const second = await registry.register(own, withField({ name: 'place', type: 'string', default: '' }))
    expect(await registry.latestId(own)).toBe(second)
    await registry.register(own, text)
    expect(await registry.latestId(own)).toBe(second)
  })

  test.skipIf(leftOut.includes('subjects'))('a subject is among all subjects', async () => {
    await registry.register(subject, text)
    expect(await registry.subjects()).toContain(subject)
  })

  test('what the registry does not hold is SCHEMA_UNKNOWN, an id of the other kind included', async () => {
    await registry.register(subject, text)
    const none = newSubject()
    const unknown = { code: 'SCHEMA_UNKNOWN', retryable: false }
    await expect(registry.schemaById(unknownId)).rejects.toMatchObject(unknown)
    await expect(registry.schemaById(foreignId)).rejects.toMatchObject(unknown)
    await expect(registry.idOf(none, text)).rejects.toMatchObject(unknown)
    await expect(registry.versions(none)).rejects.toMatchObject(unknown)
    await expect(registry.idOf(subject, withField({ name: 'x', type: 'int' }))).rejects.toMatchObject(unknown)
    expect(await registry.latestId(none)).toBe(null)
  })
}

/** An endpoint of Confluent's API: names there are any text. */
export const confluentKind = (url: () => string): RegistryKind => ({
  endpoint: () => ({ url: url() }),
  newSubject: () => `orders/${randomUUID()} value`,
  unknownId: 2_000_000_000,
  foreignId: randomUUID(),
  leftOut: [],
})

/** A registry of moto 5.2.5, which keeps versions and compares no two of them, and has no action ListSchemas. */
export const glueKind = (endpoint: () => RegistryEndpoint): RegistryKind => ({
  endpoint,
  newSubject: () => `orders-${randomUUID()}-value`,
  unknownId: randomUUID(),
  foreignId: 7,
  leftOut: ['compatibility', 'subjects'],
})
