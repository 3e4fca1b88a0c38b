import { describe, expect, test } from 'vitest'
import { frame, unframe } from '../../../src/core/wire-format.ts'
import { processHandler } from '../../../src/runtime/process.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'
import { failingAmount, orderSchema, orders, ordersWithoutProcess, totalSchema } from '../../fixtures/orders.ts'
import {
  eventOf,
  failures,
  fakeConnections,
  fakeProducer,
  fakeRegistry,
  firstTimestamp,
  framed,
  headersOf,
  type RecordLike,
} from './fakes.ts'

const order = (id: string, amount: number, more: Partial<RecordLike> = {}): RecordLike => ({
  key: id,
  value: framed(1, orderSchema, { id, amount, note: null }),
  ...more,
})

function start() {
  const kafka = fakeProducer()
  const { registry, state } = fakeRegistry([orderSchema, totalSchema])
  const never = () => Promise.reject(new Error('the process stage does not use Cassandra'))
  return { ...kafka, state, handle: processHandler(orders, fakeConnections(kafka.producer, registry, never)) }
}

const totalOf = (value: Buffer | null) => {
  const { schemaId, payload } = unframe(value as Buffer)
  expect(schemaId).toBe(2)
  return { ...avroCodec(totalSchema).decode(payload, JSON.stringify(totalSchema)) }
}

test('records are processed in order, with key, time, headers and origin', async () => {
  const { handle, to } = start()
  const headers = [{ 'sluice-run': [...Buffer.from('run-1')] }]
  const event = eventOf('orders', [order('a', 1, { headers }), order('b', 2), order('a', 3)], 41)
  expect(await handle(event)).toEqual({ batchItemFailures: [] })
  const made = to('totals')
  expect(made.map(({ value }) => totalOf(value))).toEqual([
    { id: 'a', total: 2, note: null },
    { id: 'b', total: 4, note: null },
    { id: 'a', total: 6, note: null },
  ])
  expect(made.map(({ key }) => key)).toEqual(['a', 'b', 'a'])
  expect(made.map(({ timestamp }) => timestamp - firstTimestamp)).toEqual([0, 1, 2])
  const { 'sluice-produced-at': producedAt, ...rest } = headersOf(made[0] as (typeof made)[0])
  expect(rest).toEqual({ 'sluice-run': 'run-1', 'sluice-origin': 'orders/0/41' })
  expect(Math.abs(Date.now() - Number(producedAt))).toBeLessThan(60_000)
})

test('what is made from a redriven record names the record as first published; an origin on another topic counts for nothing', async () => {
  const { handle, to } = start()
  const origin = (text: string) => [{ 'sluice-origin': [...Buffer.from(text)] }]
  await handle(
    eventOf(
      'orders',
      [order('a', 1, { headers: origin('orders/0/5') }), order('b', 1, { headers: origin('x/0/5') })],
      41,
    ),
  )
  expect(to('totals').map((made) => headersOf(made)['sluice-origin'])).toEqual(['orders/0/5', 'orders/0/42'])
})

test('a filtered record leaves nothing and is settled', async () => {
  const { handle, sent } = start()
  expect(await handle(eventOf('orders', [order('a', -1)]))).toEqual({ batchItemFailures: [] })
  expect(sent).toEqual([])
})

describe('a record that can never be processed becomes a dead letter, and the rest goes on', () => {
  test.each<[string, RecordLike, string, string]>([
    [
      'bytes that are no frame',
      { value: Buffer.from('{"id":1}') },
      'RECORD_UNREADABLE',
      'the value begins with byte 0x7b, neither 0x00 (Confluent) nor 0x03 (AWS Glue)',
    ],
    [
      'a frame around garbage',
      { value: frame(1, Buffer.from([9])) },
      'RECORD_UNREADABLE',
      'the bytes are not Avro of the schema they name',
    ],
    [
      'an unknown schema',
      { value: frame(77, Buffer.from([0])) },
      'SCHEMA_UNKNOWN',
      'the registry has no schema with id 77',
    ],
    [
      'another schema',
      { value: framed(2, totalSchema, { id: 'a', total: 1, note: null }) },
      'RECORD_INVALID',
      "the record's schema cannot be read as schema sluice.tests.Order",
    ],
    ['a null value', { value: null }, 'RECORD_VALUE_MISSING', 'the record has no value'],
    [
      'an empty value',
      { value: Buffer.alloc(0) },
      'RECORD_UNREADABLE',
      'the value has 0 bytes, fewer than the 5 of a frame',
    ],
    ['no key', order('a', 1, { key: null }), 'RECORD_KEY_MISSING', 'the record has no key'],
    ['an empty key', order('a', 1, { key: '' }), 'RECORD_KEY_MISSING', 'the record has no key'],
    [
      'a record whose result has no key',
      order('', 1, { key: 'a' }),
      'RECORD_KEY_MISSING',
      'the processed record has no key',
    ],
    [
      "a record that the pipeline's code fails on",
      order('a', failingAmount),
      'RECORD_INVALID',
      "the pipeline's own code failed on the record with TypeError",
    ],
  ])('%s', async (_, bad, code, reason) => {
    const { handle, to } = start()
    const headers = [{ trace: [...Buffer.from('t')] }]
    const event = eventOf('orders', [order('x', 1), { ...bad, headers }, order('y', 2)])
    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    expect(to('totals').map(({ key }) => key)).toEqual(['x', 'y'])
    const [letter, ...more] = to('orders.dlt')
    expect(more).toEqual([])
    expect(letter?.value).toEqual(bad.value ?? null)
    expect(letter?.timestamp).toBe(firstTimestamp + 1)
    expect(letter && headersOf(letter)).toEqual({
      trace: 't',
      'sluice-dead-letter-origin': 'orders/0/1',
      'sluice-dead-letter-code': code,
      'sluice-dead-letter-reason': reason,
      'sluice-dead-letter-stage': 'process',
    })
  })
})

test('a record whose result is too large for its topic becomes a dead letter, and the rest goes on', async () => {
  const { handle, to } = start()
  const headers = [{ h: Array.from({ length: 1_048_500 }, () => -1) }]
  expect(await handle(eventOf('orders', [order('a', 1), order('b', 1, { headers })]))).toEqual({
    batchItemFailures: [],
  })
  expect(to('totals').map(({ key }) => key)).toEqual(['a'])
  const [letter] = to('orders.dlt')
  expect(letter?.headers).toMatchObject({ 'sluice-dead-letter-code': 'RECORD_TOO_LARGE' })
  expect(letter?.value).toEqual(order('b', 1).value)
})

describe('what may pass is tried again', () => {
  test('without the registry nothing is taken and the invocation fails', async () => {
    const { handle, state, sent } = start()
    state.down = true
    await expect(handle(eventOf('orders', [order('a', 1)]))).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
    expect(sent).toEqual([])
  })

  test('a schema that the registry cannot give now holds back its records only', async () => {
    const { handle, state, to } = start()
    await handle(eventOf('orders', [order('a', 1)]))
    state.down = true
    const unseen = frame(2, Buffer.from([0]))
    expect(await handle(eventOf('orders', [order('b', 1), { value: unseen }, order('c', 1)], 10))).toEqual(
      failures('orders-0', [11]),
    )
    expect(to('totals').map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(to('orders.dlt')).toEqual([])
  })

  test('without Kafka the invocation fails', async () => {
    const { handle, failing } = start()
    failing.add('totals')
    await expect(handle(eventOf('orders', [order('a', 1)]))).rejects.toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      retryable: true,
    })
  })

  test('a dead letter that Kafka does not take is reported, and the rest is done', async () => {
    const { handle, failing, to } = start()
    failing.add('orders.dlt')
    const event = eventOf('orders', [order('a', 1), { value: Buffer.from('bad'), partition: 2 }])
    expect(await handle(event)).toEqual(failures('orders-2', [1]))
    expect(to('totals')).toHaveLength(1)
  })

  test('the registry is asked once for each schema', async () => {
    const { handle, state } = start()
    await handle(eventOf('orders', [order('a', 1), order('b', 2)]))
    await handle(eventOf('orders', [order('c', 3)]))
    expect(state.calls).toBe(2)
  })
})

test('a pipeline without a process stage has no such handler', () => {
  const { registry } = fakeRegistry([])
  expect(() =>
    processHandler(
      ordersWithoutProcess,
      fakeConnections(fakeProducer().producer, registry, () => Promise.reject()),
    ),
  ).toThrow('pipeline "plain-orders" has no process stage')
})
