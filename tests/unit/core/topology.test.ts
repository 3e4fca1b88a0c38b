import { describe, expect, test } from 'vitest'
import { ledgerTables } from '../../../src/core/ledger.ts'
import { type AnyTable, days, type Pipeline } from '../../../src/core/pipeline.ts'
import { topicsOf, topologyOf } from '../../../src/core/topology.ts'
import { orders, ordersWithoutProcess } from '../../fixtures/orders.ts'

const [table] = ordersWithoutProcess.tables as [AnyTable]

describe('the model', () => {
  const model = topologyOf([orders, ordersWithoutProcess])

  test('each topic is followed by its dead-letter and its parking topic of one partition, with room for the reason', () => {
    expect(model.topics).toEqual(
      ['orders', 'totals', 'plain_orders'].flatMap((name) => [
        { name, partitions: 3, retentionMs: days(1), maxMessageBytes: 1_048_576 },
        { name: `${name}.dlt`, partitions: 1, retentionMs: days(30), maxMessageBytes: 2_097_152 },
        { name: `${name}.parked`, partitions: 1, retentionMs: days(90), maxMessageBytes: 2_097_152 },
      ]),
    )
  })

  test('dead letters are kept as long as their topic where that is longer', () => {
    const kept = { ...ordersWithoutProcess, topic: { ...ordersWithoutProcess.topic, retentionMs: days(100) } }
    expect(topologyOf([kept]).topics.map(({ retentionMs }) => retentionMs)).toEqual([days(100), days(100), days(100)])
  })

  test('the tables of the ledger come first, and all of it is plain data', () => {
    expect(model.tables.slice(0, ledgerTables.length)).toEqual(ledgerTables)
    expect(model.tables.slice(ledgerTables.length).map(({ name }) => name)).toEqual(['order_totals', 'plain_orders'])
    expect(JSON.parse(JSON.stringify(model))).toEqual(model)
  })

  test('each topic but those of dead letters has a subject with its schema', () => {
    expect(model.subjects).toEqual([
      { subject: 'orders-value', schema: orders.topic.schema },
      { subject: 'totals-value', schema: orders.process?.topic.schema },
      { subject: 'plain_orders-value', schema: ordersWithoutProcess.topic.schema },
    ])
  })

  test('topics come in the order of the flow', () => {
    expect(topicsOf(orders).map(({ name }) => name)).toEqual(['orders', 'totals'])
    expect(topicsOf(ordersWithoutProcess).map(({ name }) => name)).toEqual(['plain_orders'])
  })
})

test.each<[string, Pipeline, string]>([
  [
    'a pipeline',
    { ...ordersWithoutProcess, name: 'orders' },
    'two pipelines are called "orders", in pipelines/orders.ts: rename one of them',
  ],
  [
    'a topic',
    { ...ordersWithoutProcess, topic: { ...ordersWithoutProcess.topic, name: 'totals' } },
    'two topics are called "totals", in pipelines/orders.ts and in pipelines/plain-orders.ts: rename one of them',
  ],
  [
    'a table',
    { ...ordersWithoutProcess, tables: [{ ...table, name: 'order_totals' }] },
    'two tables are called "order_totals"',
  ],
  [
    'a table of the ledger',
    { ...ordersWithoutProcess, tables: [{ ...table, name: 'runs' }] },
    'two tables are called "runs", in the ledger and in pipelines/plain-orders.ts',
  ],
  [
    'a topic',
    { ...ordersWithoutProcess, topic: { ...ordersWithoutProcess.topic, name: 'totals_dlt' } },
    'topic "totals.dlt" of pipelines/orders.ts and topic "totals_dlt" of pipelines/plain-orders.ts differ in dots and underscores only',
  ],
])('%s of the same name as another is refused', (_, second, sentence) => {
  expect(() => topologyOf([orders, second])).toThrow(
    expect.objectContaining({ code: 'PIPELINE_INVALID', message: expect.stringContaining(sentence) }),
  )
})
