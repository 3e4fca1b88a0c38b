/**
 * A dispatcher whose mapping has a schema registry: a real HTTP server whose answers the test decides.
 */
import avro from 'avsc'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { frame } from '../../../../src/core/wire-format.ts'
import type { DiscardedBatch } from '../../../../src/event-source/destination/destination.ts'
import { type HttpServer, startHttpServer } from '../../../fixtures/http-server.ts'
import { record, start, success } from '../dispatcher-scene.ts'

const orderSchema = { type: 'record', name: 'Order', fields: [{ name: 'n', type: ['null', 'long'] }] }
const text = JSON.stringify(orderSchema)
const order = (n: number, id = 1) => frame(id, avro.Type.forSchema(orderSchema as avro.Schema).toBuffer({ n }))
const withSettings = (more: object = {}) => ({ reconnectBackoff: { baseMs: 5, maxMs: 20 }, ...more })

/** Resolves when the check passes: answers come over HTTP. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

let server: HttpServer
/** Schema ids that the registry knows, and whether it works at all. */
let registry: { known: Map<number, object>; status: number }

beforeEach(async () => {
  registry = { known: new Map([[1, { schema: text }]]), status: 200 }
  server = await startHttpServer()
  server.answer = (url) => {
    if (registry.status !== 200) return { status: registry.status }
    const found = registry.known.get(Number(url.pathname.split('/').at(-1)))
    return found ? { body: JSON.stringify(found) } : { status: 404, body: '{"error_code":40403}' }
  }
})
afterEach(() => server.close())

const properties = (EventRecordFormat: 'JSON' | 'SOURCE' = 'JSON', more: object = {}) => ({
  SelfManagedKafkaEventSourceConfig: {
    SchemaRegistryConfig: {
      SchemaRegistryURI: server.url,
      EventRecordFormat,
      SchemaValidationConfigs: [{ Attribute: 'KEY' }, { Attribute: 'VALUE' }],
    },
  },
  ...more,
})
const fetch = (partition: number, first: number, ...values: (Buffer | null)[]) => ({
  partition,
  records: values.map((value, index) => record(first + index, value)),
  next: first + values.length,
  highWatermark: 1_000,
})

/** A function that takes down which offsets it gets, by partition in order. */
function collecting() {
  const seen = new Map<number, number[]>()
  const handler = (offsets: ReadonlyMap<number, number[]>) => {
    for (const [id, list] of offsets) seen.set(id, [...(seen.get(id) ?? []), ...list])
    return success
  }
  return { seen, handler }
}

/** Ten thousand bytes that become 40 KB of JSON, which is 53 KB as base64. */
function largeValue() {
  const schema = { type: 'record', name: 'L', fields: [{ name: 'l', type: { type: 'array', items: 'int' } }] }
  registry.known.set(5, { schema: JSON.stringify(schema) })
  const l = Array.from({ length: 10_000 }, () => -64)
  return frame(5, avro.Type.forSchema(schema as avro.Schema).toBuffer({ l }))
}

describe('records of a partition', () => {
  test('keep their order where one waits for its schema, and hold back no other partition', async () => {
    registry.known.set(3, { schema: text })
    const { seen, handler } = collecting()
    const scene = start(handler, { properties: properties(), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.begin(1, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), order(1, 2), order(2)))
    expect(scene.paused.at(-1)).toBe('pause 0')
    scene.dispatcher.receive(fetch(0, 3, order(3)))
    scene.dispatcher.receive(fetch(1, 0, order(0, 3), null))
    await eventually(() => expect(scene.next(1)).toBe(2))
    await eventually(() => expect(scene.registryProblems.at(-1)).toBe('the registry has no schema with id 2'))
    expect([scene.next(0), scene.dispatcher.partitionStatus()[0]?.queued]).toEqual([1, 3])
    registry.known.set(2, { schema: text })
    await eventually(() => expect(scene.next(0)).toBe(4))
    expect([seen.get(0), seen.get(1)]).toEqual([
      [0, 1, 2, 3],
      [0, 1],
    ])
    expect(scene.registryProblems.at(-1)).toBeNull()
    expect(scene.paused.at(-1)).toBe('resume 0')
  })

  test('with known schemas are queued at once, and the registry is asked once a schema', async () => {
    const { handler } = collecting()
    const scene = start(handler, { properties: properties(), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), order(1)))
    await eventually(() => expect(scene.next(0)).toBe(2))
    scene.setInGroup(false)
    scene.dispatcher.receive(fetch(0, 2, order(2), order(3)))
    expect(scene.dispatcher.partitions.get(0)?.queue.length).toBe(2)
    expect(server.requests.map(({ url }) => url)).toEqual(['/schemas/ids/1'])
  })

  test('are not decoded further than the queue has room', async () => {
    const gate = Promise.withResolvers<void>()
    const value = largeValue()
    const handler = async () => {
      await gate.promise
      return success
    }
    const settings = withSettings({ queueBytes: 0 })
    const scene = start(handler, { properties: properties('JSON', { BatchSize: 1 }), settings })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, ...Array.from({ length: 50 }, () => value)))
    await eventually(() => expect(scene.dispatcher.partitions.get(0)?.full).toBe(true))
    const partition = scene.dispatcher.partitions.get(0)
    expect(partition?.queue.bytes).toBeLessThan(256 * 1024 + 60_000)
    expect(partition?.undecoded.length).toBeGreaterThan(30)
    expect(scene.paused.at(-1)).toBe('pause 0')
    gate.resolve()
    await eventually(() => expect(scene.next(0)).toBe(50))
    expect(scene.paused.at(-1)).toBe('resume 0')
  })

  test('pause it when they fill its queue to the last', async () => {
    const scene = start(() => success, { properties: properties(), settings: withSettings({ queueBytes: 0 }) })
    scene.setInGroup(false)
    scene.dispatcher.begin(0, 0, 0)
    const value = largeValue()
    scene.dispatcher.receive(fetch(0, 0, value, value, value, value, value))
    await eventually(() => expect(scene.dispatcher.partitions.get(0)?.queue.length).toBe(5))
    expect([scene.dispatcher.partitions.get(0)?.full, scene.paused.at(-1)]).toEqual([true, 'pause 0'])
    scene.setInGroup(true)
    await eventually(() => expect(scene.paused.at(-1)).toBe('resume 0'))
  })

  test('that wait keep it paused with a member that was opened anew', async () => {
    registry.status = 503
    const scene = start(() => success, { properties: properties(), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0)))
    await eventually(() => expect(scene.registryProblems.at(-1)).toContain('503'))
    scene.dispatcher.keepOnly([0])
    // It knows of no pause of the one before it.
    scene.paused.length = 0
    scene.dispatcher.goOn(0)
    expect(scene.paused).toEqual(['pause 0'])
  })

  test('that wait are forgotten with a lost partition, and none comes twice with one that goes on', async () => {
    registry.status = 503
    const { seen, handler } = collecting()
    const scene = start(handler, { properties: properties(), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0)))
    expect(scene.dispatcher.partitions.get(0)?.prefix.end).toBe(1)
    scene.dispatcher.keepOnly([])
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), order(1)))
    registry.status = 200
    await eventually(() => expect(scene.next(0)).toBe(2))
    expect(seen.get(0)).toEqual([0, 1])
  })
})

test('a registry that is away is asked again, counted, and said', async () => {
  registry.status = 503
  const { handler } = collecting()
  const scene = start(handler, { properties: properties(), settings: withSettings() })
  scene.dispatcher.begin(0, 0, 0)
  scene.dispatcher.receive(fetch(0, 0, order(0)))
  const failures = () => scene.events.filter(({ type }) => type === 'registry-failed').length
  await eventually(() => expect(failures()).toBeGreaterThan(2))
  expect(scene.registryProblems.at(-1)).toMatch(/^the schema registry at .* answered .* with status 503$/)
  expect(scene.next(0)).toBe(0)
  registry.status = 200
  await eventually(() => expect(scene.next(0)).toBe(1))
  expect(scene.registryProblems.at(-1)).toBeNull()
})

test.each([
  ['PROTOBUF', { schema: 'message M {}', schemaType: 'PROTOBUF' }, 'schema 4 is PROTOBUF, and this poller reads AVRO'],
  ['JSON Schema', { schema: '{}', schemaType: 'JSON' }, 'schema 4 is JSON, and this poller reads AVRO'],
  ['Avro with references', { schema: '"n.Other"' }, 'schema 4 is no Avro schema that stands alone'],
])('%s is refused by name, and nothing is lost for it', async (_, found, sentence) => {
  registry.known.set(4, found)
  const { handler } = collecting()
  const scene = start(handler, { properties: properties(), settings: withSettings() })
  scene.dispatcher.begin(0, 0, 0)
  scene.dispatcher.receive(fetch(0, 0, order(0, 4)))
  await eventually(() => expect(scene.registryProblems.at(-1)).toContain(sentence))
  expect(scene.next(0)).toBe(0)
  await scene.dispatcher.stop()
})

describe('a record that is not of its schema', () => {
  const garbage = [Buffer.from('plain'), frame(1, Buffer.from([2])), Buffer.alloc(0)]
  const destination = () => {
    const taken: DiscardedBatch[] = []
    return { taken, send: async (discarded: DiscardedBatch) => void taken.push(discarded), close: async () => {} }
  }
  const onFailure = { DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }

  test('goes to the destination as it was, in its turn', async () => {
    const { seen, handler } = collecting()
    const { taken, ...port } = destination()
    const change = { properties: properties('JSON', onFailure), settings: withSettings(), destination: port }
    const scene = start(handler, change)
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), ...garbage, order(4, 9), order(5)))
    await eventually(() => expect(scene.next(0)).toBe(6))
    expect(seen.get(0)).toEqual([0, 5])
    const said = taken.map(({ condition, batch }) => [condition, batch[0]?.records[0]?.offset])
    expect(said).toEqual([
      ['DESERIALIZATION_ERROR', 1],
      ['DESERIALIZATION_ERROR', 2],
      ['DESERIALIZATION_ERROR', 3],
      ['SCHEMA_NOT_FOUND', 4],
    ])
    const [first] = taken[0]?.batch[0]?.records ?? []
    const json = Buffer.alloc(first?.bytes ?? 0)
    first?.writeTo(json, 0)
    expect(json.toString()).toContain(Buffer.from('plain').toString('base64'))
  })

  test('is dropped and reported without one', async () => {
    const { seen, handler } = collecting()
    const scene = start(handler, { properties: properties(), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), ...garbage, order(4)))
    await eventually(() => expect(scene.next(0)).toBe(5))
    expect(seen.get(0)).toEqual([0, 4])
    const reported = scene.events.filter(({ type }) => type === 'undecodable')
    expect(reported).toMatchObject([1, 2, 3].map((offset) => ({ offset, action: 'discard' })))
    expect(scene.events.filter(({ type }) => type === 'dropped')).toHaveLength(3)
  })

  test('or holds its partition, if the settings say so', async () => {
    const { handler } = collecting()
    const settings = withSettings({ undecodableRecord: 'hold' })
    const scene = start(handler, { properties: properties(), settings })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), Buffer.from('plain'), order(2)))
    await eventually(() => expect(scene.dispatcher.partitions.get(0)?.held?.offset).toBe(1))
    expect(scene.next(0)).toBe(1)
    expect(scene.paused.at(-1)).toBe('pause 0')
  })

  test('an unknown schema is no reason to wait, if the settings say so', async () => {
    const { handler } = collecting()
    const settings = withSettings({ unknownSchema: 'discard' })
    const scene = start(handler, { properties: properties(), settings })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0, 9)))
    await eventually(() => expect(scene.next(0)).toBe(1))
    expect(scene.events.filter(({ type }) => type === 'dropped')).toMatchObject([{ condition: 'SCHEMA_NOT_FOUND' }])
  })
})

test('filters see the JSON, in either format', async () => {
  const FilterCriteria = { Filters: [{ Pattern: '{"value":{"n":[{"numeric":[">",1]}]}}' }] }
  for (const format of ['JSON', 'SOURCE'] as const) {
    const { seen, handler } = collecting()
    const scene = start(handler, { properties: properties(format, { FilterCriteria }), settings: withSettings() })
    scene.dispatcher.begin(0, 0, 0)
    scene.dispatcher.receive(fetch(0, 0, order(0), order(1), order(2)))
    await eventually(() => expect(scene.next(0)).toBe(3))
    expect(seen.get(0)).toEqual([2])
  }
})
