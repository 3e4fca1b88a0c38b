import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../../src/core/errors.ts'
import { incomingRecords } from '../../../src/runtime/incoming-record.ts'
import { emptyOutcome, settle, sortFailure } from '../../../src/runtime/stage.ts'
import { eventOf, failures, fakeProducer, firstTimestamp, headersOf } from './fakes.ts'

const event = () =>
  incomingRecords(
    eventOf('orders', [
      { key: 'a', value: Buffer.from('A'), headers: [{ h: [1] }, { h: [2] }] },
      { key: null, value: Buffer.from('B') },
    ]),
  )

test('a batch without trouble sends nothing and reports nothing', async () => {
  const { producer, sent } = fakeProducer()
  expect(await settle(emptyOutcome(), event(), producer, 'process')).toEqual({ batchItemFailures: [] })
  expect(sent).toEqual([])
})

test('an empty batch is settled', async () => {
  expect(await settle(emptyOutcome(), [], fakeProducer().producer, 'write')).toEqual({ batchItemFailures: [] })
})

describe('sorting failures', () => {
  test('what can pass is tried again, what cannot becomes a dead letter', () => {
    const [first, second] = event()
    if (!first || !second) throw new Error('no records')
    const outcome = emptyOutcome()
    sortFailure(outcome, first, new SluiceError('CASSANDRA_UNAVAILABLE', 'away'))
    sortFailure(outcome, second, new SluiceError('RECORD_INVALID', 'wrong'))
    expect(outcome.failed.map(({ record }) => record.offset)).toEqual([0])
    expect(outcome.rejected.map(({ record }) => record.offset)).toEqual([1])
  })

  test("a failure of the pipeline's own code is permanent, and its message is not quoted", () => {
    const [first] = event()
    if (!first) throw new Error('no record')
    const outcome = emptyOutcome()
    sortFailure(outcome, first, new TypeError('cannot read 4711 Secret Street'))
    sortFailure(outcome, first, 'thrown text')
    expect(outcome.rejected.map(({ error }) => [error.code, error.message])).toEqual([
      ['RECORD_INVALID', "the pipeline's own code failed on the record with TypeError"],
      ['RECORD_INVALID', "the pipeline's own code failed on the record with string"],
    ])
  })
})

describe('dead letters', () => {
  const rejected = () => {
    const records = event()
    const outcome = emptyOutcome()
    for (const record of records) sortFailure(outcome, record, new SluiceError('RECORD_INVALID', 'field "x" is wrong'))
    return { records, outcome }
  }

  test('keep key, value, time and headers, and say who gave up which record and why', async () => {
    const { producer, to } = fakeProducer()
    const { records, outcome } = rejected()
    expect(await settle(outcome, records, producer, 'write')).toEqual({ batchItemFailures: [] })
    const letters = to('orders.dlt')
    expect(letters.map(({ key, value, timestamp }) => [key, value, timestamp])).toEqual([
      [Buffer.from('a'), Buffer.from('A'), firstTimestamp],
      [null, Buffer.from('B'), firstTimestamp + 1],
    ])
    expect(letters.map(headersOf)).toEqual([
      {
        h: ['\u0001', '\u0002'],
        'sluice-dead-letter-origin': 'orders/0/0',
        'sluice-dead-letter-code': 'RECORD_INVALID',
        'sluice-dead-letter-reason': 'field "x" is wrong',
        'sluice-dead-letter-stage': 'write',
      },
      {
        'sluice-dead-letter-origin': 'orders/0/1',
        'sluice-dead-letter-code': 'RECORD_INVALID',
        'sluice-dead-letter-reason': 'field "x" is wrong',
        'sluice-dead-letter-stage': 'write',
      },
    ])
  })

  test('that Kafka does not take are reported for retry, with what failed besides', async () => {
    const { producer, failing } = fakeProducer()
    failing.add('orders.dlt')
    const { records, outcome } = rejected()
    const [first] = records
    if (!first) throw new Error('no record')
    const mixed = {
      rejected: outcome.rejected.slice(1),
      failed: [{ record: first, error: new SluiceError('REGISTRY_UNAVAILABLE', 'away') }],
    }
    expect(await settle(mixed, records, producer, 'process')).toEqual(failures('orders-0', [0, 1]))
  })
})
