import { expect, test } from 'vitest'
import { findPipeline } from '../../../src/operations/find-pipeline.ts'
import { orders, ordersWithoutProcess } from '../../fixtures/orders.ts'

const pipelines = [orders, ordersWithoutProcess]

test('a pipeline is found by its name', () => {
  expect(findPipeline(pipelines, 'plain-orders')).toBe(ordersWithoutProcess)
})

test('an unknown name is refused with those there are', () => {
  expect(() => findPipeline(pipelines, 'order')).toThrow(
    expect.objectContaining({
      code: 'PIPELINE_UNKNOWN',
      message: 'there is no pipeline "order": there are orders, plain-orders',
    }),
  )
})
