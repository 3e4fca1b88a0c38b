/**
 * The path of records with a registry of AWS Glue: topology, ingest, process and write against moto, with stand-ins for
 * Kafka and Cassandra, whose bytes do not depend on the registry.
 */
import { randomUUID } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { RegistryAccess } from '../../src/core/environment.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { frame, type SchemaId, unframe } from '../../src/core/wire-format.ts'
import { registryEndpoint } from '../../src/runtime/access.ts'
import { ingestHandler } from '../../src/runtime/ingest.ts'
import { processHandler } from '../../src/runtime/process.ts'
import { ensureSubjects } from '../../src/runtime/topology/subjects.ts'
import { writeHandler } from '../../src/runtime/write.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { type HttpServer, startHttpServer } from '../fixtures/http-server.ts'
import { type Moto, startMoto } from '../fixtures/moto.ts'
import { orderSchema, orders, totalSchema } from '../fixtures/orders.ts'
import {
  eventOf,
  fakeCassandra,
  fakeConnections,
  fakeProducer,
  framed,
  headersOf,
  type RecordLike,
} from '../unit/runtime/fakes.ts'

const patience = { deadlineMs: 10_000, intervalMs: 50 }
const { subjects } = topologyOf([orders])
let moto: Moto
let source: HttpServer
let access: RegistryAccess
let ids: { readonly orders: SchemaId; readonly totals: SchemaId }

beforeAll(async () => {
  moto = await startMoto()
  source = await startHttpServer()
  const { endpoint, glueRegistry: name, region } = moto.registry
  // Functions reach an emulator through this variable alone.
  vi.stubEnv('AWS_ENDPOINT_URL_GLUE', endpoint)
  access = { kind: 'glue', name, region }
  await ensureSubjects(access, subjects, patience)
  const idOf = (topic: string, schema: object) => registry().idOf(`${topic}-value`, JSON.stringify(schema))
  ids = { orders: await idOf('orders', orderSchema), totals: await idOf('totals', totalSchema) }
})
afterAll(async () => {
  await source?.close()
  await moto?.close()
})

const registry = () => connectRegistry(registryEndpoint(access), 2_000)

/** The stages of one pipeline, each with a client of the registry that knows nothing yet. */
function start() {
  const { producer, to } = fakeProducer()
  const { client, written } = fakeCassandra()
  const connections = () => fakeConnections(producer, registry(), async () => client, source.url)
  return {
    to,
    rows: () => written.filter(({ query }) => query.startsWith('INSERT INTO sluice.order_totals')),
    ingest: ingestHandler(orders, connections()),
    process: processHandler(orders, connections()),
    write: writeHandler(orders, connections()),
  }
}

const recordLike = ({ key, value }: OutgoingRecord): RecordLike => ({ key: String(key), value })
const item = (id: string, amount: number) => ({ id, amount })
const order = (id: string, amount: number) => ({ id, amount, note: null })

test('what is ingested is processed and written, each value under the id of its topic', async () => {
  source.answer = () => ({
    body: JSON.stringify({ items: [item('a', 1), item('b', -1), item('c', 3)], next: null }),
  })
  const { ingest, process, write, to, rows } = start()
  expect(await ingest({ id: 'abcdefgh-1234', time: '2026-03-01T10:00:00Z', run: { records: 3 } })).toMatchObject({
    published: 3,
    deadLettered: 0,
  })
  expect(await process(eventOf('orders', to('orders').map(recordLike)))).toEqual({ batchItemFailures: [] })
  expect(await write(eventOf('totals', to('totals').map(recordLike)))).toEqual({ batchItemFailures: [] })
  const idsOf = (topic: string) => to(topic).map(({ value }) => unframe(value as Buffer).schemaId)
  expect(idsOf('orders')).toEqual(Array(3).fill(ids.orders))
  expect(idsOf('totals')).toEqual(Array(2).fill(ids.totals))
  expect(to('orders')[0]?.value?.subarray(0, 2)).toEqual(Buffer.from([3, 0]))
  expect(rows().map(({ params }) => params.slice(0, 2))).toEqual([
    ['a', 2],
    ['c', 6],
  ])
})

test('ensuring the subjects again changes nothing', async () => {
  expect(await ensureSubjects(access, subjects, patience)).toEqual([
    `orders-value has schema id ${ids.orders}`,
    `totals-value has schema id ${ids.totals}`,
  ])
  expect(await registry().versions('orders-value')).toHaveLength(1)
})

test("another producer's records are read: compressed, and with a later schema of the subject", async () => {
  const place = { name: 'place', type: 'string', default: '' } as const
  const laterSchema = { ...orderSchema, fields: [...orderSchema.fields, place] } as const
  const laterId = await registry().register('orders-value', JSON.stringify(laterSchema))
  const later = framed(laterId, laterSchema, { ...order('later', 5), place: 'Oslo' })
  const plain = framed(ids.orders, orderSchema, order('small', 4))
  const compressed = Buffer.concat([plain.subarray(0, 18), deflateSync(plain.subarray(18))])
  compressed[1] = 5
  const { process, to } = start()
  expect(await process(eventOf('orders', [{ value: compressed }, { value: later }]))).toEqual({ batchItemFailures: [] })
  const totals = to('totals').map(({ value }) => unframe(value as Buffer).payload)
  expect(totals.map((payload) => ({ ...avroCodec(totalSchema).decode(payload, JSON.stringify(totalSchema)) }))).toEqual(
    [
      { id: 'small', total: 8, note: null },
      { id: 'later', total: 10, note: null },
    ],
  )
})

test('a schema that Glue does not have makes a dead letter that names its id, of either kind', async () => {
  const none = randomUUID()
  const { process, to } = start()
  const values = [
    frame(none, Buffer.from([0])),
    frame(7, Buffer.from([0])),
    framed(ids.orders, orderSchema, order('d', 1)),
  ]
  expect(
    await process(
      eventOf(
        'orders',
        values.map((value) => ({ value })),
      ),
    ),
  ).toEqual({ batchItemFailures: [] })
  expect(to('totals')).toHaveLength(1)
  expect(to('orders.dlt').map(headersOf)).toMatchObject([
    {
      'sluice-dead-letter-code': 'SCHEMA_UNKNOWN',
      'sluice-dead-letter-reason': `the registry has no schema with id ${none}`,
    },
    {
      'sluice-dead-letter-code': 'SCHEMA_UNKNOWN',
      'sluice-dead-letter-reason': expect.stringContaining("schema id 7 is one of Confluent's API"),
    },
  ])
  expect(to('orders.dlt').map(({ value }) => value)).toEqual(values.slice(0, 2))
})

test('while the registry does not exist there, no record is given up', async () => {
  const elsewhere = connectRegistry({ ...moto.registry, glueRegistry: 'elsewhere' }, 2_000)
  const { producer, sent } = fakeProducer()
  const process = processHandler(
    orders,
    fakeConnections(producer, elsewhere, () => Promise.reject()),
  )
  const event = eventOf('orders', [{ value: framed(ids.orders, orderSchema, order('e', 1)) }])
  await expect(process(event)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: 'the Glue registry elsewhere in eu-west-1 does not exist: create it, or correct its name or region',
  })
  expect(sent).toEqual([])
})
