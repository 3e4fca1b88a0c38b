import { describe, expect, test } from 'vitest'
import type { TopicRecord } from '../../../../src/connect/kafka-reader.ts'
import { recordIndex } from '../../../../src/runtime/proof/record-index.ts'
import { orders, ordersWithoutProcess } from '../../../fixtures/orders.ts'

const at = (topic: string, offset: number, headers: TopicRecord['headers'] = {}): TopicRecord => ({
  topic,
  partition: 0,
  offset,
  timestamp: 1,
  key: null,
  value: null,
  headers,
})
const position = (offset: number) => ({ topic: 'orders', partition: 0, offset })
const from = (origin: string) => ({ 'sluice-origin': Buffer.from(origin) })
const dead = (origin: string) => ({ 'sluice-dead-letter-origin': Buffer.from(origin) })

describe('with a process stage', () => {
  const filled = () => {
    const index = recordIndex(orders, [position(5), position(6)], 'run-1')
    for (const record of [
      at('orders', 5),
      at('orders', 7),
      at('totals', 90, from('orders/0/5')),
      at('totals', 91, from('orders/0/5')),
      at('totals', 92, from('orders/0/7')),
      at('totals', 93),
      at('orders.dlt', 0, dead('orders/0/6')),
      at('totals.dlt', 0, dead('totals/0/90')),
    ]) {
      index.add(record)
    }
    return index
  }

  test("the run's records are found at their positions, those of others are not", () => {
    const index = filled()
    expect(index.source(position(5))?.offset).toBe(5)
    expect(index.source(position(6))).toBeUndefined()
    expect(index.source(position(7))).toBeUndefined()
  })

  test('all records made from one are found, those of other runs are not', () => {
    const index = filled()
    expect(index.outputs(position(5)).map(({ offset }) => offset)).toEqual([90, 91])
    expect(index.outputs(position(6))).toEqual([])
    expect(index.outputs(position(7))).toEqual([])
  })

  test('dead letters of both topics name what they gave up', () => {
    const index = filled()
    expect(index.isDeadLettered(position(6))).toBe(true)
    expect(index.isDeadLettered({ topic: 'totals', partition: 0, offset: 90 })).toBe(true)
    expect(index.isDeadLettered(position(5))).toBe(false)
    expect(index.isDeadLettered({ topic: 'totals', partition: 0, offset: 91 })).toBe(false)
  })

  test('a dead letter of the ingest names no record and is let go', () => {
    const index = filled()
    index.add(at('orders.dlt', 1))
    expect(index.isDeadLettered(position(5))).toBe(false)
  })
})

test('without a process stage a record is its own output', () => {
  const mine = { ...position(5), topic: 'plain_orders' }
  const index = recordIndex(ordersWithoutProcess, [mine], 'run-1')
  expect(index.outputs(mine)).toEqual([])
  index.add(at('plain_orders', 5))
  expect(index.outputs(mine).map(({ offset }) => offset)).toEqual([5])
})

describe('a redriven copy', () => {
  test('is found under the record that it repeats, and what is made from it names that record too', () => {
    const index = recordIndex(orders, [position(5)], 'run-1')
    index.add(at('orders', 5))
    index.add(at('orders', 50, from('orders/0/5')))
    index.add(at('orders', 51, from('orders/0/7')))
    index.add(at('totals', 90, from('orders/0/5')))
    expect(index.source(position(5))?.offset).toBe(5)
    expect(index.copies(position(5)).map(({ offset }) => offset)).toEqual([50])
    expect(index.outputs(position(5)).map(({ offset }) => offset)).toEqual([90])
  })

  test('is an output beside the record itself where there is no process stage', () => {
    const mine = { ...position(5), topic: 'plain_orders' }
    const index = recordIndex(ordersWithoutProcess, [mine], 'run-1')
    index.add(at('plain_orders', 5))
    index.add(at('plain_orders', 50, from('plain_orders/0/5')))
    expect(index.outputs(mine).map(({ offset }) => offset)).toEqual([5, 50])
  })
})

describe('records that name the run and that the ledger does not know', () => {
  const mine = { 'sluice-run': Buffer.from('run-1') }

  test('are found with what was made from them, in any order', () => {
    const index = recordIndex(orders, [position(5)], 'run-1')
    for (const record of [
      at('totals', 90, { ...mine, ...from('orders/0/8') }),
      at('orders', 5, mine),
      at('orders', 8, mine),
      at('orders', 9, { 'sluice-run': Buffer.from('run-2') }),
    ]) {
      index.add(record)
    }
    expect(index.unlisted().map(({ offset }) => offset)).toEqual([8])
    expect(index.source(position(8))?.offset).toBe(8)
    expect(index.outputs(position(8)).map(({ offset }) => offset)).toEqual([90])
    expect(index.source(position(9))).toBeUndefined()
  })

  test('are not those that were redriven: these are copies', () => {
    const index = recordIndex(orders, [position(5)], 'run-1')
    index.add(at('orders', 5, mine))
    index.add(at('orders', 8, { ...mine, ...from('orders/0/5') }))
    expect(index.unlisted()).toEqual([])
    expect(index.copies(position(5)).map(({ offset }) => offset)).toEqual([8])
  })
})

test('the dead letters of the ingest are those that name the run and no record', () => {
  const mine = { 'sluice-run': Buffer.from('run-1') }
  const index = recordIndex(orders, [], 'run-1')
  for (const record of [
    at('orders.dlt', 0, mine),
    at('orders.dlt', 1, { ...mine, ...dead('orders/0/6') }),
    at('orders.dlt', 2, { 'sluice-run': Buffer.from('run-2') }),
    at('orders.dlt', 3),
    at('orders', 4, mine),
  ]) {
    index.add(record)
  }
  expect(index.ingestDeadLetters().map(({ offset }) => offset)).toEqual([0])
})
