import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBatchResponse } from '../../../src/event-source/response.ts'

const offsets = new Set([10, 11, 12, 19])
const contains = (partition: string, offset: number) => partition === 'orders-eu-3' && offsets.has(offset)
const parse = (payload: string) => parseBatchResponse(payload, contains)
const item = (partition: unknown, offset: unknown) => ({ itemIdentifier: { partition, offset } })
const failures = (...items: unknown[]) => JSON.stringify({ batchItemFailures: items })

describe('success', () => {
  const successes = ['', 'null', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}', ' {} ']
  test.each(successes)('%j', (payload) => {
    expect(parse(payload)).toEqual({ kind: 'success' })
  })
})

test('names the failed records, each once', () => {
  const verdict = parse(failures(item('orders-eu-3', 11), item('orders-eu-3', 19), item('orders-eu-3', 11)))
  expect(verdict).toEqual({ kind: 'partial', failed: new Map([['orders-eu-3', new Set([11, 19])]]) })
})

describe('malformed', () => {
  test.each([
    '"ok"',
    'true',
    '[]',
    '7',
    '{',
    '{"statusCode":200}',
    '{"batchItemFailure":[]}',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":"none"}',
    failures(null),
    failures({}),
    failures({ itemIdentifier: null }),
    failures({ itemIdentifier: '' }),
    failures({ itemidentifier: { partition: 'orders-eu-3', offset: 11 } }),
    failures(item('orders-eu-3', '11')),
    failures(item('orders-eu-3', null)),
    failures(item('orders-eu-3', 11.5)),
    failures(item(3, 11)),
    failures(item('', 11)),
    failures(item('orders-eu-4', 11)),
    failures(item('orders-eu-3', 20)),
    failures(item('orders-eu-3', 11), item('orders-eu-3', 99)),
  ])('%j', (payload) => {
    expect(parse(payload).kind).toBe('malformed')
  })
})

test('reads any answer without throwing, and only ever names records of the event', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (payload) => {
      const verdict = parse(payload)
      if (verdict.kind !== 'partial') return
      for (const [partition, failed] of verdict.failed)
        for (const offset of failed) expect(contains(partition, offset)).toBe(true)
    }),
  )
})
