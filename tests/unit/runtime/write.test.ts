import { errors, types } from 'cassandra-driver'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../../src/core/errors.ts'
import { resultTopic } from '../../../src/core/job.ts'
import type { KafkaEvent } from '../../../src/core/kafka-event.ts'
import type { Pipeline } from '../../../src/core/pipeline.ts'
import { writeTimeMicros } from '../../../src/core/write-time.ts'
import { writeHandler } from '../../../src/runtime/write.ts'
import { orderSchema, orders, ordersWithoutProcess, totalSchema } from '../../fixtures/orders.ts'
import { sums } from '../../fixtures/sums-job.ts'
import {
  eventOf,
  failures,
  fakeCassandra,
  fakeConnections,
  fakeProducer,
  fakeRegistry,
  firstTimestamp,
  framed,
  headersOf,
  type RecordLike,
  type Statement,
} from './fakes.ts'

const total = (id: string, amount: number, note: string | null = null): RecordLike => ({
  key: id,
  value: framed(1, totalSchema, { id, total: amount, note }),
})
const bad: RecordLike = { value: Buffer.from('not a frame') }
const invalid = (message = 'Invalid INTEGER constant') =>
  new errors.ResponseError(types.responseErrorCodes.invalid, message)
const writeTimeout = new errors.ResponseError(types.responseErrorCodes.writeTimeout, 'Operation timed out')

function start(refuse?: (statement: Statement) => Error | null) {
  const kafka = fakeProducer()
  const { registry, state } = fakeRegistry([totalSchema])
  const cassandra = fakeCassandra(refuse)
  const connection = { error: null as Error | null, uses: 0 }
  const connect = async () => {
    connection.uses += 1
    if (connection.error) throw connection.error
    return cassandra.client
  }
  const handle = writeHandler(orders, fakeConnections(kafka.producer, registry, connect))
  return { ...kafka, ...cassandra, state, connection, handle: (event: KafkaEvent) => handle(event) }
}

test('rows are upserted with the time of their record, in small batches', async () => {
  const { handle, written, batches } = start()
  expect(await handle(eventOf('totals', [total('a', 1, 'n'), total('b', 2)], 1_005))).toEqual({ batchItemFailures: [] })
  expect(batches).toEqual([2])
  expect(written).toEqual([
    {
      query: 'INSERT INTO sluice.order_totals (id, total, note) VALUES (?, ?, ?) USING TIMESTAMP ?',
      params: ['a', 1, 'n', writeTimeMicros(firstTimestamp, 1_005)],
    },
    { query: expect.any(String), params: ['b', 2, undefined, writeTimeMicros(firstTimestamp + 1, 1_006)] },
  ])
})

test('the results of a job are written by the topic that they are on', async () => {
  const analysed = { ...orders, analytics: [sums] }
  const result = resultTopic(sums)
  const { registry } = fakeRegistry([totalSchema, result.schema])
  const { client, written } = fakeCassandra()
  const handle = writeHandler(
    analysed,
    fakeConnections(fakeProducer().producer, registry, async () => client),
  )
  const value = framed(2, result.schema, { id: 'a', window_start: 60_000, amount: 1.5 })
  expect(await handle(eventOf('order_sums', [{ key: 'a|60000', value }]))).toEqual({ batchItemFailures: [] })
  expect(written).toMatchObject([
    { query: expect.stringContaining('INSERT INTO sluice.order_sums'), params: expect.arrayContaining(['a', 1.5]) },
  ])
})

test('records of a topic that the pipeline does not write are tried again, and stay', async () => {
  const { handle, written, sent } = start()
  expect(await handle(eventOf('order_sums', [total('a', 1)]))).toEqual(failures('order_sums-0', [0]))
  expect([written, sent]).toEqual([[], []])
})

test('a single row goes without a batch', async () => {
  const { handle, written, batches } = start()
  await handle(eventOf('totals', [total('a', 1)]))
  expect(batches).toEqual([])
  expect(written).toHaveLength(1)
})

test('a record that becomes no row is settled', async () => {
  const { handle, written } = start()
  expect(await handle(eventOf('totals', [total('a', 0)]))).toEqual({ batchItemFailures: [] })
  expect(written).toEqual([])
})

test('several records of a row become one write with the last values', async () => {
  const { handle, written } = start()
  await handle(eventOf('totals', [total('a', 1, 'kept'), total('a', 2)], 999))
  expect(written.map(({ params }) => params.slice(0, 3))).toEqual([['a', 2, 'kept']])
})

test('without a process stage the source topic is written', async () => {
  const kafka = fakeProducer()
  const { registry } = fakeRegistry([orderSchema])
  const { client, written } = fakeCassandra()
  const handle = writeHandler(
    ordersWithoutProcess,
    fakeConnections(kafka.producer, registry, async () => client),
  )
  await handle(
    eventOf('plain_orders', [{ key: 'a', value: framed(1, orderSchema, { id: 'a', amount: 3, note: null }) }]),
  )
  expect(written[0]?.params.slice(0, 3)).toEqual(['a', 3, null])
})

describe('bad records', () => {
  test('become dead letters as they were, and the rest is written', async () => {
    const { handle, to, written } = start()
    const event = eventOf('totals', [
      total('a', 1),
      { ...bad, headers: [{ h: [104] }] },
      { key: null, value: total('b', 1).value ?? null },
      { value: null },
    ])
    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    expect(written).toHaveLength(1)
    const letters = to('totals.dlt')
    expect(letters[0]?.value).toEqual(bad.value)
    expect(letters.map(headersOf).map((headers) => headers['sluice-dead-letter-code'])).toEqual([
      'RECORD_UNREADABLE',
      'RECORD_KEY_MISSING',
      'RECORD_VALUE_MISSING',
    ])
    expect(letters[0] && headersOf(letters[0])).toMatchObject({
      h: 'h',
      'sluice-dead-letter-origin': 'totals/0/1',
      'sluice-dead-letter-stage': 'write',
    })
  })

  test('alone in a batch need no Cassandra', async () => {
    const { handle, connection, to } = start()
    connection.error = new Error('away')
    expect(await handle(eventOf('totals', [bad]))).toEqual({ batchItemFailures: [] })
    expect(to('totals.dlt')).toHaveLength(1)
    expect(connection.uses).toBe(0)
  })
})

describe('what may pass is tried again', () => {
  test('without the registry every record is reported, and no dead letter is made', async () => {
    const { handle, state, sent, written } = start()
    state.down = true
    expect(await handle(eventOf('totals', [total('a', 1), total('b', 1)]))).toEqual(failures('totals-0', [0, 1]))
    expect([sent, written]).toEqual([[], []])
  })

  test('without a connection to Cassandra the invocation fails as CASSANDRA_UNAVAILABLE', async () => {
    const { handle, connection, sent } = start()
    connection.error = new SluiceError('CASSANDRA_UNAVAILABLE', 'Cassandra did not accept the connection or the login')
    await expect(handle(eventOf('totals', [total('a', 1), bad]))).rejects.toMatchObject({
      code: 'CASSANDRA_UNAVAILABLE',
      retryable: true,
    })
    expect(sent).toEqual([])
  })

  test.each([
    ['a write timeout', writeTimeout],
    ['no host', new errors.NoHostAvailableError({})],
    ['a client timeout', new errors.OperationTimedOutError('too late')],
  ])('%s reports the rows of its batch, each record of a row', async (_, error) => {
    const { handle, to } = start(() => error)
    const event = eventOf('totals', [total('a', 1), bad, total('b', 1), total('a', 2)])
    expect((await handle(event)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset).sort()).toEqual([
      0, 2, 3,
    ])
    expect(to('totals.dlt').map(({ value }) => value)).toEqual([bad.value])
  })

  test('rows of other batches than the failed one are written', async () => {
    const many = Array.from({ length: 65 }, (_, index) => total(`id-${index}`, 1))
    const { handle, written } = start(({ params }) => (params[0] === 'id-31' ? writeTimeout : null))
    const { batchItemFailures } = await handle(eventOf('totals', many))
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset)).toEqual(
      Array.from({ length: 30 }, (_, index) => 30 + index),
    )
    expect(written).toHaveLength(35)
  })
})

describe('a record of two rows', () => {
  const twoRows: Pipeline = {
    ...orders,
    tables: orders.tables.map((table) => ({
      ...table,
      rows: ({ id, total: amount, note }) =>
        ['first', 'second'].map((name) => ({ id: `${id} ${name}`, total: amount, note })),
    })),
  }

  test.each([
    ['first', 'second'],
    ['second', 'first'],
  ])('of which the %s is refused and the %s times out is tried again: no dead letter yet', async (refused) => {
    const { producer, sent } = fakeProducer()
    const { registry } = fakeRegistry([totalSchema])
    const { client } = fakeCassandra(({ params }) => (params[0] === `a ${refused}` ? invalid() : writeTimeout))
    const handle = writeHandler(
      twoRows,
      fakeConnections(producer, registry, async () => client),
    )
    Object.assign(client, { batch: () => Promise.reject(invalid()) })
    expect(await handle(eventOf('totals', [total('a', 1)]))).toEqual(failures('totals-0', [0]))
    expect(sent).toEqual([])
  })
})

describe('a row that Cassandra refuses', () => {
  test('takes no other version of the row with it', async () => {
    const { handle, written, to } = start(({ params }) => (params[1] === 13 ? invalid() : null))
    const event = eventOf('totals', [total('a', 1), total('a', 2), total('a', 13), total('b', 3)])
    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    expect(written.map(({ params }) => params.slice(0, 2)).sort()).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ])
    expect(to('totals.dlt').map(headersOf)).toMatchObject([{ 'sluice-dead-letter-origin': 'totals/0/2' }])
  })

  test.each([
    ['the server', invalid()],
    ['the driver', new TypeError('Invalid string representation of Uuid')],
  ])(
    'by %s is isolated: its record becomes a dead letter, the other rows of the batch are written',
    async (_, error) => {
      const { handle, written, to } = start(({ params }) => (params[0] === 'b' ? error : null))
      expect(await handle(eventOf('totals', [total('a', 1), total('b', 1), total('c', 1)]))).toEqual({
        batchItemFailures: [],
      })
      expect(written.map(({ params }) => params[0])).toEqual(['a', 'c'])
      const [letter] = to('totals.dlt')
      expect(letter && headersOf(letter)).toMatchObject({
        'sluice-dead-letter-origin': 'totals/0/1',
        'sluice-dead-letter-code': 'RECORD_INVALID',
        'sluice-dead-letter-reason': 'Cassandra refuses the row for table order_totals',
      })
    },
  )

  test('because the table lacks a column is tried again, until the app is deployed', async () => {
    const kafka = fakeProducer()
    const { registry } = fakeRegistry([orderSchema])
    const { client } = fakeCassandra(() => invalid('Undefined column name amount'))
    const narrow = Object.assign(client, {
      batch: () => Promise.reject(invalid()),
      execute: async (query: string) => {
        if (query.includes('system_schema')) return { rows: [{ column_name: 'id' }, { column_name: 'note' }] }
        throw invalid()
      },
    })
    const handle = writeHandler(
      ordersWithoutProcess,
      fakeConnections(kafka.producer, registry, async () => narrow),
    )
    const record = (id: string) => ({ key: id, value: framed(1, orderSchema, { id, amount: 1, note: null }) })
    expect(await handle(eventOf('plain_orders', [record('a'), record('b')]))).toEqual(
      failures('plain_orders-0', [0, 1]),
    )
    expect(kafka.sent).toEqual([])
  })
})
