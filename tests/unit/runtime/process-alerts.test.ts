/** A process stage that judges a record by those before it, and tells the bus. */
import { expect, test, vi } from 'vitest'
import type { BusEntry, PutEvents } from '../../../src/connect/event-bus.ts'
import type { AlertEvent } from '../../../src/core/alert.ts'
import type { Pipeline } from '../../../src/core/pipeline.ts'
import { logger } from '../../../src/runtime/logging.ts'
import { processHandler } from '../../../src/runtime/process.ts'
import { orderSchema, orders, totalSchema } from '../../fixtures/orders.ts'
import { eventOf, failures, fakeConnections, fakeProducer, fakeRegistry, framed, type RecordLike } from './fakes.ts'

/** Totals of an order and those before it; one above 100 is an alert, whose text is as long as the order's note. */
const watched: Pipeline = {
  ...orders,
  topic: { ...orders.topic, key: () => 'all' },
  source: { ...orders.source, id: ({ id }) => String(id) },
  process: {
    ...(orders.process as NonNullable<Pipeline['process']>),
    window: { eventTime: ({ id }) => Number(id), ms: 10, reach: 100 },
    apply: ({ id, amount, note }, earlier) => {
      const total = [...earlier, { amount }].reduce((sum, each) => sum + Number(each.amount), 0)
      return { id, total, note }
    },
    alert: ({ total, note }) => (Number(total) > 100 ? { total: Number(total), note: note as string | null } : null),
  },
}

const order = (id: number, amount: number, note: string | null = null): RecordLike => ({
  key: 'all',
  value: framed(1, orderSchema, { id: String(id), amount, note }),
})

function start(put: (entries: readonly BusEntry[]) => boolean[] = (entries) => entries.map(() => true)) {
  const kafka = fakeProducer()
  const { registry, state } = fakeRegistry([orderSchema, totalSchema])
  const calls: AlertEvent[][] = []
  const putEvents: PutEvents = async (entries) => {
    calls.push(entries.map(({ Detail }) => JSON.parse(Detail)))
    expect(kafka.to('totals')).toEqual([])
    return put(entries)
  }
  const never = () => Promise.reject(new Error('the process stage does not use Cassandra'))
  const connections = { ...fakeConnections(kafka.producer, registry, never), putEvents }
  return { ...kafka, state, calls, handle: processHandler(watched, connections) }
}

test('an alert goes to the bus before its record goes on, under an id that is that of the record', async () => {
  const { handle, calls, to } = start()
  const event = eventOf('orders', [order(1, 60), order(2, 60), order(20, 60)], 0)
  expect(await handle(event)).toEqual({ batchItemFailures: [] })
  expect(calls).toEqual([
    [{ id: 'orders/2', pipeline: 'orders', record: 'orders/0/1', alert: { total: 120, note: null } }],
  ])
  expect(to('totals')).toHaveLength(3)
})

test('the bus gets ten alerts at a time', async () => {
  const { handle, calls } = start()
  await handle(
    eventOf(
      'orders',
      Array.from({ length: 12 }, (_, n) => order(n * 20, 200)),
    ),
  )
  expect(calls.map((call) => call.length)).toEqual([10, 2])
})

test('a record whose alert is not taken is tried again and not published; the others go on', async () => {
  const { handle, to } = start((entries) => entries.map((_, at) => at !== 1))
  const event = eventOf('orders', [order(0, 200), order(20, 200), order(40, 200), order(60, 1)], 0)
  expect(await handle(event)).toEqual(failures('orders-0', [1]))
  expect(to('totals')).toHaveLength(3)
})

test('a bus that is away, or refuses, fails the records with alerts only, and the log says why', async () => {
  const { handle, to } = start(() => {
    throw new Error('the bus refused the events: AccessDeniedException')
  })
  const warn = vi.spyOn(logger, 'warn')
  expect(await handle(eventOf('orders', [order(0, 200), order(20, 1)], 0))).toEqual(failures('orders-0', [0]))
  expect(to('totals')).toHaveLength(1)
  const [, entry] = warn.mock.calls[0] ?? []
  warn.mockRestore()
  expect(entry).toMatchObject({ code: 'AWS_UNAVAILABLE', reason: expect.stringContaining('AccessDeniedException') })
})

test('an alert that the bus could never take makes its record a dead letter', async () => {
  const { handle, calls, to } = start()
  const event = eventOf('orders', [order(0, 200, 'x'.repeat(30_000))])
  expect(await handle(event)).toEqual({ batchItemFailures: [] })
  expect(calls).toEqual([])
  expect(String(to('orders.dlt')[0]?.headers['sluice-dead-letter-reason'])).toMatch(/^the alert of the record has \d+/)
})

test('while a record cannot be decoded for now, nothing after it is judged: the whole batch is tried again', async () => {
  const { handle, state, to } = start()
  await handle(eventOf('orders', [], 0))
  state.down = true
  const event = eventOf('orders', [order(1, 60), order(2, 60)], 0)
  await expect(handle(event)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
  expect(to('totals')).toEqual([])
  state.down = false
  expect(await handle(event)).toEqual({ batchItemFailures: [] })
  expect(to('totals')).toHaveLength(2)
})
