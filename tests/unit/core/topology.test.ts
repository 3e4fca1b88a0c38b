import { describe, expect, test } from 'vitest'
import { ledgerTables } from '../../../src/core/ledger.ts'
import { type AnyTable, days, type Pipeline } from '../../../src/core/pipeline.ts'
import { topicsOf, topologyOf } from '../../../src/core/topology.ts'
import { orders, ordersWithoutProcess } from '../../fixtures/orders.ts'

const [table] = ordersWithoutProcess.tables as [AnyTable]

describe('the model', () => {
  const model = topologyOf([orders, ordersWithoutProcess])

  test('each topic is followed by its dead-letter topic of one partition, with room for the reason', () => {
    expect(model.topics).toEqual(
      ['orders', 'totals', 'plain_orders'].flatMap((name) => [
        { name, partitions: 3, retentionMs: days(1), maxMessageBytes: 1_048_576 },
        { name: `${name}.dlt`, partitions: 1, retentionMs: days(30), maxMessageBytes: 2_097_152 },
      ]),
    )
  })

  test('dead letters are kept as long as their topic where that is longer', () => {
    const kept = { ...ordersWithoutProcess, topic: { ...ordersWithoutProcess.topic, retentionMs: days(90) } }
    expect(topologyOf([kept]).topics.map(({ retentionMs }) => retentionMs)).toEqual([days(90), days(90)])
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
  ['a pipeline', { ...ordersWithoutProcess, name: 'orders' }, 'two pipelines are called "orders"'],
  [
    'a topic',
    { ...ordersWithoutProcess, topic: { ...ordersWithoutProcess.topic, name: 'totals' } },
    'two topics are called "totals"',
  ],
  [
    'a table',
    { ...ordersWithoutProcess, tables: [{ ...table, name: 'order_totals' }] },
    'two tables are called "order_totals"',
  ],
  [
    'a table of the ledger',
    { ...ordersWithoutProcess, tables: [{ ...table, name: 'runs' }] },
    'two tables are called "runs"',
  ],
])('%s of the same name as another is refused', (_, second, sentence) => {
  expect(() => topologyOf([orders, second])).toThrow(
    expect.objectContaining({ code: 'PIPELINE_INVALID', message: expect.stringContaining(sentence) }),
  )
})
