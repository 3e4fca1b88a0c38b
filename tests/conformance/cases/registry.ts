/**
 * Schema registries: what of a record is checked, how it reaches the function, and what becomes of one that is not of its
 * schema. The registry is Apicurio, with Confluent's API.
 */
import avro from 'avsc'
import { expect } from 'vitest'
import { createTopics } from '../../../src/connect/kafka-topics.ts'
import type { SchemaRegistryConfig } from '../../../src/core/event-source-mapping.ts'
import { frame } from '../../../src/core/wire-format.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'
import { type ConformanceCase, pages } from '../case.ts'
import { readTopic } from '../read-topic.ts'
import { type Change, onceTopicsAreKnown, type Scene, textOf, until } from '../scene.ts'

const feature = 'schema registry'
const orderSchema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: ['null', 'long'], default: null },
  ],
}
const keySchema = { type: 'record', name: 'OrderKey', fields: [{ name: 'id', type: 'string' }] }
const bytesOf = (schema: unknown, value: unknown) =>
  avro.Type.forSchema(schema as avro.Schema, { wrapUnions: false }).toBuffer(value)
const order = { id: 'a', amount: 5 }
const unknownId = 2_000_000_000

/** Properties of a mapping that has values checked, unless other attributes are given. */
const registryOf = (scene: Scene, change: Partial<SchemaRegistryConfig> = {}, more: Change = {}): Change => ({
  SelfManagedKafkaEventSourceConfig: {
    SchemaRegistryConfig: {
      SchemaRegistryURI: scene.env.registryUrl,
      EventRecordFormat: 'JSON',
      SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
      ...change,
    },
  },
  ProvisionedPollerConfig: { MaximumPollers: 1 },
  ...more,
})
const both = { SchemaValidationConfigs: [{ Attribute: 'KEY' }, { Attribute: 'VALUE' }] } as const
/** The id of a schema, which is the case's own. */
const register = async (scene: Scene, schema: object, subject = 'value') =>
  (await scene.env.registry.register(`${scene.topic}-${subject}`, JSON.stringify(schema))) as number
const keyText = (key: string | null | undefined) => Buffer.from(key ?? '', 'base64').toString()

/** One order, as the function gets it. */
const orderCase = (
  behaviour: string,
  source: string,
  change: Partial<SchemaRegistryConfig>,
  check: (record: ReturnType<Scene['records']>[number], ids: { key: number; value: number }) => void,
): ConformanceCase => ({
  behaviour,
  source,
  feature,
  async run(scene) {
    await scene.createTopic()
    const ids = { key: await register(scene, keySchema, 'key'), value: await register(scene, orderSchema) }
    const key = frame(ids.key, bytesOf(keySchema, { id: 'a' }))
    await scene.send([{ key, value: frame(ids.value, bytesOf(orderSchema, order)), partition: 0 }])
    await scene.start('echo', registryOf(scene, change))
    await scene.committed(1)
    check(scene.records()[0] as ReturnType<Scene['records']>[number], ids)
  },
})

/** Orders around a bad value, with a topic that takes what is given up: answers what that gets. */
async function givenUp(scene: Scene, bad: Buffer, key = 'k') {
  const failed = `${scene.topic}-failed`
  await scene.createTopic()
  await onceTopicsAreKnown(() => createTopics(scene.env.admin, [{ topic: failed, numPartitions: 1 }]))
  const good = frame(await register(scene, orderSchema), bytesOf(orderSchema, order))
  await scene.send([good, bad, good].map((value) => ({ key, value, partition: 0 })))
  const DestinationConfig = { OnFailure: { Destination: `kafka://${failed}` } }
  await scene.start('echo', registryOf(scene, {}, { DestinationConfig }))
  await scene.committed(3)
  expect(scene.records().map(({ offset }) => offset)).toEqual([0, 2])
  const [message] = await readTopic(scene.env, failed, 1)
  return { message, record: JSON.parse(String(message?.value)) }
}

export const registryCases: readonly ConformanceCase[] = [
  orderCase('JSON brings a checked value as the base64 of its JSON', pages.registry, {}, (record) =>
    expect(JSON.parse(textOf(record))).toEqual(order),
  ),
  orderCase(
    "SOURCE brings a checked value as it was written, without the registry's prefix",
    pages.registry,
    { EventRecordFormat: 'SOURCE' },
    ({ value }) => expect(value).toBe(bytesOf(orderSchema, order).toString('base64')),
  ),
  orderCase(
    'a checked value names its schema, an unchecked key does not and stays as it is',
    pages.registry,
    {},
    (r, ids) => {
      expect(r.valueSchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: String(ids.value) })
      expect(r).not.toHaveProperty('keySchemaMetadata')
      expect(r.key).toBe(frame(ids.key, bytesOf(keySchema, { id: 'a' })).toString('base64'))
    },
  ),
  orderCase('key and value can both be checked', pages.registry, both, (record, ids) => {
    expect(JSON.parse(keyText(record.key))).toEqual({ id: 'a' })
    expect(record.keySchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: String(ids.key) })
    expect(record.valueSchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: String(ids.value) })
  }),
  orderCase('a union of Avro is its plain value in JSON', pages.inferred, {}, (record) =>
    expect(textOf(record)).toBe('{"id":"a","amount":5}'),
  ),
  {
    behaviour: 'each record is read by the schema that it was written with',
    source: pages.registry,
    feature,
    async run(scene) {
      await scene.createTopic()
      const wider = { ...orderSchema, fields: [...orderSchema.fields, { name: 'note', type: 'string', default: '' }] }
      const ids = [await register(scene, orderSchema), await register(scene, wider)] as const
      const values = [
        frame(ids[0], bytesOf(orderSchema, order)),
        frame(ids[1], bytesOf(wider, { ...order, note: 'n' })),
        frame(ids[0], bytesOf(orderSchema, { ...order, amount: null })),
      ]
      await scene.send(values.map((value) => ({ value, partition: 0 })))
      await scene.start('echo', registryOf(scene))
      await scene.committed(3)
      const records = scene.records()
      expect(records.map((record) => JSON.parse(textOf(record)))).toEqual([
        order,
        { ...order, note: 'n' },
        { ...order, amount: null },
      ])
      const named = records.map(({ valueSchemaMetadata }) => valueSchemaMetadata?.schemaId)
      expect(named).toEqual([ids[0], ids[1], ids[0]].map(String))
    },
  },
  {
    behaviour: 'a record without a value has nothing to be checked and reaches the function',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.send([{ key: 'k', value: null, partition: 0 }])
      await scene.start('echo', registryOf(scene))
      await scene.committed(1)
      expect(scene.records()).toHaveLength(1)
      expect(scene.records()[0]).not.toHaveProperty('valueSchemaMetadata')
    },
  },
  {
    behaviour: 'filters see the JSON of a checked value',
    source: pages.registry,
    feature,
    async run(scene) {
      await scene.createTopic()
      const id = await register(scene, orderSchema)
      const values = [1, 2, 3].map((amount) => frame(id, bytesOf(orderSchema, { id: 'a', amount })))
      await scene.send(values.map((value) => ({ value, partition: 0 })))
      const Filters = [{ Pattern: '{"value":{"amount":[{"numeric":[">",2]}]}}' }]
      await scene.start('echo', registryOf(scene, {}, { FilterCriteria: { Filters } }))
      await scene.committed(3)
      expect(scene.records().map(({ offset }) => offset)).toEqual([2])
      expect(scene.status().metrics.FilteredOutEventCount).toBe(2)
    },
  },
  {
    behaviour: 'a record that is not of its schema goes to the destination as DESERIALIZATION_ERROR',
    source: pages.registry,
    feature,
    async run(scene) {
      const { record } = await givenUp(scene, Buffer.from('no frame'))
      expect(record.requestContext.condition).toBe('DESERIALIZATION_ERROR')
      expect(record.requestContext.approximateInvokeCount).toBe(0)
      expect(scene.status().metrics.SchemaRegistryErrorCount).toBe(1)
    },
  },
  {
    behaviour: 'a record whose schema is unknown goes to the destination as SCHEMA_NOT_FOUND',
    source: pages.registry,
    feature,
    async run(scene) {
      const { record } = await givenUp(scene, frame(unknownId, Buffer.from([0])))
      expect(record.requestContext.condition).toBe('SCHEMA_NOT_FOUND')
    },
  },
  {
    behaviour: 'what goes to the destination is the record as it was, with its key',
    source: pages.onFailureTopic,
    feature,
    async run(scene) {
      const { message, record } = await givenUp(scene, Buffer.from('no frame'), 'own key')
      expect(String(message?.key)).toBe('own key')
      expect(record.payload.records[`${scene.topic}-0`]).toMatchObject([
        { offset: 1, value: Buffer.from('no frame').toString('base64') },
      ])
    },
  },
  {
    behaviour: 'without a destination a record that is not of its schema is dropped and counted',
    source: pages.registry,
    feature,
    async run(scene) {
      await scene.createTopic()
      const good = frame(await register(scene, orderSchema), bytesOf(orderSchema, order))
      await scene.send([good, Buffer.from('no frame'), good].map((value) => ({ value, partition: 0 })))
      await scene.start('echo', registryOf(scene))
      await scene.committed(3)
      expect(scene.records().map(({ offset }) => offset)).toEqual([0, 2])
      expect(scene.status().metrics).toMatchObject({ DroppedEventCount: 1, SchemaRegistryErrorCount: 1 })
    },
  },
  {
    behaviour: 'without a destination a record whose schema is unknown waits for it',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      const id = await register(scene, orderSchema)
      const server = await startHttpServer()
      const schema = JSON.stringify({ schema: JSON.stringify(orderSchema) })
      try {
        server.answer = () => ({ status: 404, body: '{"error_code":40403}' })
        await scene.send([{ value: frame(id, bytesOf(orderSchema, order)), partition: 0 }])
        await scene.start('echo', registryOf(scene, { SchemaRegistryURI: server.url }))
        await until(() =>
          expect(scene.status().lastProcessingResult).toBe(`PROBLEM: the registry has no schema with id ${id}`),
        )
        expect(await scene.offset()).toBe(0)
        server.answer = () => ({ body: schema })
        await scene.committed(1)
        expect(scene.status().lastProcessingResult).toBe('OK')
      } finally {
        await server.close()
      }
    },
  },
  {
    behaviour: 'while the registry is away records wait, which is counted and said',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      const server = await startHttpServer()
      try {
        server.answer = () => ({ status: 503 })
        await scene.send([{ value: frame(1, bytesOf(orderSchema, order)), partition: 0 }])
        await scene.start('echo', registryOf(scene, { SchemaRegistryURI: server.url }))
        await until(() => expect(scene.status().metrics.SchemaRegistryErrorCount).toBeGreaterThan(1))
        expect(scene.status().lastProcessingResult).toMatch(/^PROBLEM: the schema registry at .* with status 503$/)
        server.answer = () => ({ body: JSON.stringify({ schema: JSON.stringify(orderSchema) }) })
        await scene.committed(1)
        expect(scene.status().lastProcessingResult).toBe('OK')
      } finally {
        await server.close()
      }
    },
  },
]
