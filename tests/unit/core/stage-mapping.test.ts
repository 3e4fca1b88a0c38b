import { expect, test } from 'vitest'
import { stageMappings } from '../../../src/core/stage-mapping.ts'
import { orders, ordersWithoutProcess } from '../../fixtures/orders.ts'
import { sums } from '../../fixtures/sums-job.ts'

const shown = (pipeline: Parameters<typeof stageMappings>[0]) =>
  stageMappings(pipeline).map(({ id, label, stage, topic, functionName }) => [
    id,
    label,
    stage,
    topic.name,
    functionName,
  ])

test('each topic that is read has a mapping, and the write function one for each job besides', () => {
  expect(shown({ ...orders, analytics: [sums] })).toEqual([
    ['sluice-orders-process', 'process', 'process', 'orders', 'sluice-orders-process'],
    ['sluice-orders-write', 'write', 'write', 'totals', 'sluice-orders-write'],
    ['sluice-orders-order_sums-write', 'order_sums', 'write', 'order_sums', 'sluice-orders-write'],
  ])
})

test('without a process stage the writer reads the source topic', () => {
  expect(shown(ordersWithoutProcess)).toEqual([
    ['sluice-plain-orders-write', 'write', 'write', 'plain_orders', 'sluice-plain-orders-write'],
  ])
})
