import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Announce } from '../../../src/connect/run-bus.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import type { Pipeline } from '../../../src/core/pipeline.ts'
import { maxDeadLetterBytes, recordBytes } from '../../../src/core/record-size.ts'
import type { RunEvent } from '../../../src/core/run-event.ts'
import { unframe } from '../../../src/core/wire-format.ts'
import { ingestHandler } from '../../../src/runtime/ingest.ts'
import { logger } from '../../../src/runtime/logging.ts'
import { publishMarginMs } from '../../../src/runtime/source/limits.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'
import { orderSchema, orders } from '../../fixtures/orders.ts'
import {
  type Found,
  fakeCassandra,
  fakeConnections,
  fakeProducer,
  fakeRegistry,
  headersOf,
  type Statement,
} from './fakes.ts'

const event = (run: object = {}) => ({ id: 'abcdefgh-1234', time: '2026-03-01T10:00:00Z', run })
const runId = '20260301T100000Z-abcdefgh'
const order = (id: string) => ({ id, amount: 1 })

const server = await startHttpServer()
let pages: { items: unknown[]; next: number | null }[] = []

afterAll(() => server.close())

beforeEach(() => {
  server.requests.length = 0
  server.answer = ({ searchParams }) => {
    const page = pages[Number(searchParams.get('page')) - 1]
    return page ? { body: JSON.stringify(page) } : { status: 404, body: 'no such page' }
  }
})

function start(
  refuse?: (statement: Statement) => Error | null,
  pipeline: Pipeline = orders,
  announce: Announce = async () => {},
  found?: Found,
) {
  const kafka = fakeProducer()
  const { registry, state } = fakeRegistry([orderSchema])
  const { client, written } = fakeCassandra(refuse, found)
  const ledger = (table: string) =>
    written
      .filter(({ query }) => query.startsWith(`INSERT INTO sluice.${table} `))
      .map(({ query, params }) => {
        const columns = /\((.+?)\)/.exec(query)?.[1]?.split(', ') ?? []
        return Object.fromEntries(columns.map((column, index) => [column, params[index]]))
      })
  const handle = ingestHandler(pipeline, {
    ...fakeConnections(kafka.producer, registry, async () => client, server.url),
    announce,
  })
  return { ...kafka, state, ledger, handle }
}

test('a run reads pages until it has enough, and publishes them with key, run and trace', async () => {
  pages = [
    { items: [order('a'), order('b')], next: 2 },
    { items: [order('c')], next: 3 },
    { items: [order('d')], next: 4 },
  ]
  const { handle, to, ledger } = start()
  expect(await handle(event({ records: 3 }))).toMatchObject({
    pipeline: 'orders',
    run: runId,
    fetched: 3,
    published: 3,
    deadLettered: 0,
  })
  expect(server.requests.map(({ url }) => url)).toEqual(['/?limit=3&page=1', '/?limit=1&page=2'])
  expect(server.requests[0]?.headers).toMatchObject({ 'x-client': 'sluice', accept: 'application/json' })
  const records = to('orders')
  expect(records.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  const { payload } = unframe(records[0]?.value as Buffer)
  expect({ ...avroCodec(orderSchema).decode(payload, JSON.stringify(orderSchema)) }).toEqual({
    id: 'a',
    amount: 1,
    note: null,
  })
  expect(records[0] && headersOf(records[0])).toEqual({
    'sluice-run': runId,
    'sluice-value': expect.stringMatching(/^1-[0-9a-f]{8}\/0$/),
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  })
  expect(
    ledger('runs').map(({ state, fetched, cursor_before, cursor_after }) => [
      state,
      fetched,
      cursor_before,
      cursor_after,
    ]),
  ).toEqual([
    ['running', 0, null, null],
    ['succeeded', 3, null, '{"page":3}'],
  ])
  expect(ledger('cursors')).toEqual([{ pipeline: 'orders', cursor: '{"page":3}', run_id: runId }])
})

test('the ledger holds the id and position of each record, and which of the fetched values it was', async () => {
  pages = [
    { items: [order('a'), order('b'), order('c')], next: 2 },
    { items: [order('d')], next: null },
  ]
  const { handle, ledger } = start()
  await handle(event())
  expect(
    ledger('published').map(({ topic, partition_id, first_offset, record_ids, numbers }) => [
      topic,
      partition_id,
      first_offset,
      record_ids,
      numbers,
    ]),
  ).toEqual([
    ['orders', 0, 100, ['a', 'c'], [0, 2]],
    ['orders', 1, 100, ['b'], [1]],
    ['orders', 0, 102, ['d'], [3]],
  ])
  const attempts = [...ledger('published'), ...ledger('fetched')].map(({ attempt }) => attempt)
  expect(new Set(attempts).size).toBe(1)
})

test('records that share a key are in the ledger by ids of their own', async () => {
  pages = [{ items: [order('a'), order('b')], next: null }]
  const id = (record: AvroRecord) => `order-${record.id}`
  const shared = {
    ...orders,
    source: { ...orders.source, id },
    topic: { ...orders.topic, key: () => 'all' },
  }
  const { handle, ledger, to } = start(undefined, shared)
  await handle(event())
  expect(to('orders').map(({ key }) => key)).toEqual(['all', 'all'])
  for (const table of ['published', 'fetched']) {
    expect(
      ledger(table)
        .flatMap(({ record_ids }) => record_ids)
        .sort(),
    ).toEqual(['order-a', 'order-b'])
  }
})

test('the ledger holds what is to be published before it is', async () => {
  pages = [{ items: [order('a'), { id: '' }, order('c')], next: null }]
  const { handle, ledger, failing } = start()
  failing.add('orders').add('orders.dlt')
  await expect(handle(event())).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
  expect(ledger('fetched')).toMatchObject([{ run_id: runId, first_number: 0, record_ids: ['a', 'value-1', 'c'] }])
})

test('a run ends with the last page, or with an empty one', async () => {
  pages = [{ items: [order('a')], next: null }]
  expect(await start().handle(event())).toMatchObject({ fetched: 1 })
  pages = [
    { items: [order('a')], next: 2 },
    { items: [], next: 3 },
  ]
  expect(await start().handle(event())).toMatchObject({ fetched: 1, published: 1 })
  expect(server.requests).toHaveLength(3)
})

test('a run without a single value has failed, unless the pipeline says that this is normal', async () => {
  const warn = vi.spyOn(logger, 'warn')
  pages = [{ items: [], next: 2 }]
  const { handle, ledger } = start()
  await expect(handle(event())).rejects.toMatchObject({ code: 'RUN_EMPTY' })
  expect(ledger('runs').at(-1)).toMatchObject({ state: 'failed', error_code: 'RUN_EMPTY' })
  expect(warn.mock.lastCall).toEqual(['run failed', { pipeline: 'orders', run: runId, code: 'RUN_EMPTY' }])
  warn.mockRestore()
  expect(ledger('run_states')).toMatchObject([{ state: 'failed', run_id: runId }])
  expect(ledger('cursors')).toEqual([])

  const quiet = start(undefined, { ...orders, source: { ...orders.source, emptyRuns: 'expected' } })
  expect(await quiet.handle(event())).toMatchObject({ fetched: 0, skipped: null })
  expect(quiet.ledger('runs').at(-1)).toMatchObject({ state: 'succeeded' })
})

test('the bus hears of a run that begins or fails, and a bus that is away fails none', async () => {
  pages = [{ items: [], next: null }]
  const told: RunEvent[] = []
  const failing = start(undefined, orders, async (each) => void told.push(each))
  await expect(failing.handle(event())).rejects.toThrow()
  expect(told.map(({ pipeline, run, state, errorCode }) => [pipeline, run, state, errorCode])).toEqual([
    ['orders', runId, 'running', null],
    ['orders', runId, 'failed', 'RUN_EMPTY'],
  ])
  pages = [{ items: [order('a')], next: null }]
  const away = start(undefined, orders, async () => {
    throw new Error('away')
  })
  expect(await away.handle(event())).toMatchObject({ published: 1 })
})

test('a run that succeeds logs its figures as metrics, and no value', async () => {
  pages = [{ items: [order('a'), order('b')], next: null }]
  const info = vi.spyOn(logger, 'info')
  await start().handle(event())
  const [, entry] = info.mock.calls.find(([message]) => message === 'run succeeded') ?? expect.fail('no entry')
  info.mockRestore()
  expect(entry).toMatchObject({ pipeline: 'orders', run: runId, fetched: 2, published: 2, deadLettered: 0 })
  const { _aws } = entry as unknown as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } }
  const names = _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name))
  expect(names.sort()).toEqual(['deadLettered', 'fetchMs', 'fetched', 'publishMs', 'published'])
})

test('a tick of a paused schedule does nothing, a run that an operator asks for does', async () => {
  pages = [{ items: [order('a')], next: null }]
  const { run: _, ...tick } = event()
  const { handle, ledger, sent } = start(undefined, orders, undefined, (query) =>
    query.includes('.schedule_states ') ? { state: 'paused' } : null,
  )
  expect(await handle(tick)).toMatchObject({ fetched: 0, skipped: 'paused' })
  expect([ledger('runs'), ledger('leases'), sent]).toEqual([[], [], []])
  expect(await handle(event())).toMatchObject({ fetched: 1, skipped: null })
})

describe('a run that another invocation has', () => {
  /** A lease that lapses in 0.6 s, unless it is renewed. */
  const leaseRow = (ms = 600) => ({ holder: 'another', expires_at: new Date(Date.now() + ms) })
  const row = { attempts: 2, state: 'running', cursor_before: '{"page":2}', started_at: new Date(5) }
  const lease = (rows: readonly object[], of: string, before: object | null = row) => {
    const left = [...rows]
    return (query: string, params: readonly unknown[]) => {
      if (query.includes('IF NOT EXISTS') && params[1] === of) return left.shift() ?? null
      return query.startsWith('SELECT') && query.includes('.runs ') ? before : null
    }
  }

  test('is skipped while that renews its lease', async () => {
    const { handle, ledger, sent } = start(
      undefined,
      orders,
      undefined,
      lease([leaseRow(), leaseRow(9_000)], `run ${runId}`),
    )
    expect(await handle(event())).toMatchObject({ run: runId, fetched: 0, skipped: 'claimed' })
    expect([ledger('runs'), sent]).toEqual([[], []])
  })

  test('is taken over when the lease lapses, and goes on where it began', async () => {
    pages = [
      { items: [], next: null },
      { items: [order('b')], next: null },
    ]
    const { handle, ledger } = start(undefined, orders, undefined, lease(Array(4).fill(leaseRow()), `run ${runId}`))
    expect(await handle(event())).toMatchObject({ fetched: 1, skipped: null })
    expect(ledger('runs').at(-1)).toMatchObject({ attempts: 3, cursor_before: '{"page":2}', started_at: 5 })
    expect(ledger('cursors')).toEqual([])
  })

  test('of the tick before leaves this one skipped in the ledger', async () => {
    const told: RunEvent[] = []
    const { run: _, ...tick } = event()
    const { handle, ledger } = start(
      undefined,
      orders,
      async (each) => void told.push(each),
      lease([leaseRow(), leaseRow(9_000)], 'schedule', null),
    )
    expect(await handle(tick)).toMatchObject({ skipped: 'overlapped' })
    expect(ledger('runs')).toMatchObject([{ state: 'skipped', error_code: 'RUN_OVERLAPPED' }])
    expect(told).toMatchObject([{ state: 'skipped' }])
  })

  test.each(['failed', 'running'])('of another tick leaves one that is tried again as it is: %s', async (state) => {
    const { run: _, ...tick } = event()
    const announce = vi.fn(async () => {})
    const found = lease([leaseRow(), leaseRow(9_000)], 'schedule', { ...row, state })
    const { handle, ledger } = start(undefined, orders, announce, found)
    expect(await handle(tick)).toMatchObject({ skipped: 'overlapped' })
    expect([ledger('runs'), ledger('run_states')]).toEqual([[], []])
    expect(announce).not.toHaveBeenCalled()
  })

  test('reads on from the cursor of the pipeline when it was skipped, as it began nowhere', async () => {
    pages = [
      { items: [], next: null },
      { items: [order('b')], next: 3 },
      { items: [], next: null },
    ]
    const { handle, ledger } = start(undefined, orders, undefined, (query) => {
      if (!query.startsWith('SELECT')) return null
      if (query.includes('.cursors ')) return { cursor: '{"page":2}' }
      return query.includes('.runs ') ? { ...row, attempts: 1, state: 'skipped', cursor_before: null } : null
    })
    expect(await handle(event())).toMatchObject({ published: 1 })
    expect(ledger('runs').at(-1)).toMatchObject({ attempts: 2, cursor_before: '{"page":2}' })
    expect(ledger('cursors')).toMatchObject([{ cursor: '{"page":3}' }])
  })

  test('is done: a tick that comes again is skipped', async () => {
    const { run: _, ...tick } = event()
    const done = { ...row, state: 'succeeded' }
    const { handle, sent } = start(undefined, orders, undefined, (query) => (query.startsWith('SELECT') ? done : null))
    expect(await handle(tick)).toMatchObject({ skipped: 'done' })
    expect(sent).toEqual([])
  })
})

test('a page whose values are all known is not the last, and the cursor of the last is kept', async () => {
  pages = [
    { items: [order('a')], next: 2 },
    { items: [order('a')], next: 3 },
    { items: [order('b')], next: 4 },
  ]
  const known: Pipeline = {
    ...orders,
    source: {
      ...orders.source,
      read: (answer, page, response) => {
        const read = orders.source.read(answer, page, response)
        if (page.cursor?.page === 2) return { values: [], known: 1, cursor: { page: 3 } }
        return page.cursor?.page === 3 && read ? { ...read, cursor: { since: 9 }, last: true } : read
      },
    },
  }
  const { handle, to, ledger } = start(undefined, known)
  expect(await handle(event())).toMatchObject({ fetched: 2, published: 2 })
  expect(to('orders').map(({ key }) => key)).toEqual(['a', 'b'])
  expect(ledger('cursors')).toMatchObject([{ cursor: '{"since":9}' }])
})

test('a run whose time is up ends with the page it has, and keeps its cursor', async () => {
  pages = [
    { items: [order('a')], next: 2 },
    { items: [order('b')], next: 3 },
  ]
  const timeMs = 1_000
  const wait = ({ query }: Statement) => {
    const until = performance.now() + timeMs
    while (query.includes('INTO sluice.published') && performance.now() < until);
    return null
  }
  const { handle, ledger } = start(wait)
  const context = { getRemainingTimeInMillis: () => publishMarginMs + timeMs }
  expect(await handle(event(), context)).toMatchObject({ fetched: 1, published: 1 })
  expect(ledger('cursors')).toMatchObject([{ cursor: '{"page":2}' }])
})

describe('pages without end', () => {
  const endless = (next: (page: number) => number) => {
    server.answer = ({ searchParams }) => {
      const page = Number(searchParams.get('page'))
      return { body: JSON.stringify({ items: [order(`o${page}`)], next: next(page) }) }
    }
    return start()
  }

  test.each<[string, (page: number) => number, number]>([
    ['a cursor that does not advance', (page) => page, 1],
    ['a cursor that comes again', (page) => (page === 3 ? 2 : page + 1), 2],
  ])('%s ends the run, and nothing of its page is published', async (_, next, published) => {
    const { handle, to, ledger } = endless(next)
    await expect(handle(event())).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: `the source ${server.url} named a next page that the run has read already (cursor: page)`,
    })
    expect(to('orders')).toHaveLength(published)
    expect(ledger('cursors')).toEqual([])
  })
})

test('a run with a seed leaves the cursor alone', async () => {
  pages = [{ items: [order('a')], next: 2 }]
  const { handle, ledger } = start()
  await handle(event({ seed: 's', records: 1 }))
  expect(server.requests[0]?.url).toContain('seed=s')
  expect(ledger('cursors')).toEqual([])
})

describe('values that never become records', () => {
  test('are dead letters as fetched, named in the ledger, and the rest is published', async () => {
    const wrong = { id: 'x', amount: 'Secret Street' }
    pages = [{ items: [order('a'), wrong, { id: '', amount: 1 }, null], next: null }]
    const { handle, to, ledger } = start()
    expect(await handle(event())).toMatchObject({ fetched: 4, published: 1, deadLettered: 3 })
    const letters = to('orders.dlt')
    expect(letters.map(({ key, value }) => [key, JSON.parse(String(value))])).toEqual([
      [null, wrong],
      [null, { id: '', amount: 1 }],
      [null, null],
    ])
    expect(letters.map(headersOf)).toMatchObject([
      {
        'sluice-dead-letter-code': 'VALUE_INVALID',
        'sluice-dead-letter-reason': 'the fetched value does not fit at "amount"',
        'sluice-dead-letter-stage': 'ingest',
        'sluice-run': runId,
      },
      { 'sluice-dead-letter-code': 'RECORD_KEY_MISSING' },
      {
        'sluice-dead-letter-code': 'VALUE_INVALID',
        'sluice-dead-letter-reason': 'the fetched value does not fit at "(value)"',
      },
    ])
    const ids = ledger('published')
      .filter(({ topic }) => topic === 'orders.dlt')
      .flatMap(({ record_ids }) => record_ids as string[])
    expect(ids.sort()).toEqual(['value-1', 'value-2', 'value-3'])
  })

  test('are kept whole when too large for the topic, and cut when too large for its dead letters', async () => {
    const notes = [1_100_000, 3_000_000].map((length) => ({ id: 'n', amount: 1, note: 'é'.repeat(length / 2) }))
    pages = [{ items: notes, next: null }]
    const { handle, to } = start()
    expect(await handle(event())).toMatchObject({ fetched: 2, published: 0, deadLettered: 2 })
    const letters = to('orders.dlt')
    const [whole, cut] = letters.map(({ value }) => value as Buffer) as [Buffer, Buffer]
    expect(whole.equals(Buffer.from(JSON.stringify(notes[0])))).toBe(true)
    expect(Buffer.from(JSON.stringify(notes[1])).indexOf(cut)).toBe(0)
    for (const letter of letters) expect(recordBytes(letter)).toBeLessThanOrEqual(maxDeadLetterBytes)
    expect(letters.map((letter) => headersOf(letter)['sluice-dead-letter-reason'])).toEqual([
      expect.stringMatching(/allowed$/),
      expect.stringContaining(`the first ${cut.length} are kept`),
    ])
  })
})

test('the ledger holds how the values of a run drifted, field by field, and none of their data', async () => {
  pages = [
    { items: [order('a'), { ...order('b'), colour: 'secret', size: { of: 'secret' } }], next: 2 },
    {
      items: [
        { ...order('c'), colour: 'secret' },
        { id: 'd', amount: 'secret' },
      ],
      next: null,
    },
  ]
  const { handle, ledger, to } = start()
  expect(await handle(event())).toMatchObject({ fetched: 4, published: 3, deadLettered: 1 })
  expect(to('orders').map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  const report = String(ledger('runs').at(-1)?.drift)
  expect(JSON.parse(report)).toMatchObject({
    lines: [
      { kind: 'unknown', field: 'colour', effect: 'left-out', count: 2, sample: { value: 1, path: 'colour' } },
      { kind: 'unknown', field: 'size', effect: 'left-out', count: 1, sample: { value: 1 } },
      { kind: 'changed', field: 'amount', found: 'string', effect: 'dead-letter', count: 1, sample: { value: 3 } },
    ],
    others: 0,
  })
  expect(report).not.toContain('secret')
})

test('what a pipeline keeps of an unknown field is in the record', async () => {
  const record: Pipeline['source']['record'] = (value, kept) => ({
    ...(orders.source.record(value, kept) as object),
    note: JSON.stringify(kept),
  })
  const evolving = { ...orders, source: { ...orders.source, record, drift: { unknown: 'evolve' } as const } }
  pages = [{ items: [{ ...order('a'), colour: 'red', buyer: [1] }], next: null }]
  const { handle, to } = start(undefined, evolving)
  await handle(event())
  const { payload } = unframe(to('orders')[0]?.value as Buffer)
  expect(avroCodec(orderSchema).decode(payload, JSON.stringify(orderSchema)).note).toBe(
    JSON.stringify({ colour: '"red"', buyer: '[1]' }),
  )
})

describe('a run that fails', () => {
  test('at the source is in the ledger with its error, and the cursor stays', async () => {
    pages = []
    const { handle, ledger, sent } = start()
    await expect(handle(event())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' })
    expect(ledger('runs').map(({ state, error_code }) => [state, error_code])).toEqual([
      ['running', null],
      ['failed', 'SOURCE_REFUSED'],
    ])
    expect([ledger('cursors'), sent]).toEqual([[], []])
  })

  test('at a later page leaves the cursor where it was', async () => {
    pages = [{ items: [order('a')], next: 2 }]
    const { handle, ledger } = start()
    await expect(handle(event())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' })
    expect(ledger('runs').at(-1)).toMatchObject({ state: 'failed', fetched: 1, cursor_after: null })
    expect(ledger('cursors')).toEqual([])
  })

  test('at Kafka owes the values that it fetched, and the cursor stays', async () => {
    pages = [{ items: [order('a'), order('b')], next: 2 }]
    const { handle, ledger, failing } = start()
    failing.add('orders')
    await expect(handle(event())).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
    expect(ledger('runs').at(-1)).toMatchObject({ state: 'failed', fetched: 2, error_code: 'KAFKA_UNAVAILABLE' })
    expect([ledger('cursors'), ledger('published')]).toEqual([[], []])
  })

  test('at the registry asks the source for nothing', async () => {
    const { handle, state, ledger } = start()
    state.down = true
    await expect(handle(event())).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
    expect(ledger('runs').at(-1)).toMatchObject({ state: 'failed', fetched: 0 })
    expect(server.requests).toEqual([])
  })

  test('at the ledger produces nothing', async () => {
    const { handle, sent } = start(() => new Error('away'))
    await expect(handle(event())).rejects.toMatchObject({ code: 'CASSANDRA_UNAVAILABLE', retryable: true })
    expect(sent).toEqual([])
  })

  test('for an unexpected reason keeps the kind of error, not its message', async () => {
    pages = [{ items: [order('a')], next: null }]
    const { producer, to } = fakeProducer()
    const { registry } = fakeRegistry([orderSchema])
    const { client, written } = fakeCassandra()
    const broken = {
      ...orders,
      source: {
        ...orders.source,
        read: () => {
          throw new RangeError('4711 Secret Street')
        },
      },
    }
    const handle = ingestHandler(
      broken,
      fakeConnections(producer, registry, async () => client, server.url),
    )
    await expect(handle(event())).rejects.toThrow(RangeError)
    expect(JSON.stringify(written)).toContain('"INTERNAL","RangeError"')
    expect(JSON.stringify(written)).not.toContain('Secret')
    expect(to('orders')).toEqual([])
  })
})
