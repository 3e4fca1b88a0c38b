import { describe, expect, test } from 'vitest'
import type { TopicRecord } from '../../../../src/connect/kafka-reader.ts'
import { maxRecordBytes, recordBytes } from '../../../../src/core/record-size.ts'
import type { DeadLetter } from '../../../../src/operations/dead-letters/dead-letter.ts'
import { describeDeadLetter } from '../../../../src/operations/dead-letters/dead-letters.ts'
import {
  fittingStep,
  isNearLimit,
  namedTopic,
  parkedRecord,
  type RedriveStep,
  redrivenRecord,
  redrivePlan,
} from '../../../../src/operations/dead-letters/redrive-plan.ts'

const deadLetter = (offset: number, headers: Record<string, string> = {}): TopicRecord => ({
  topic: 'orders.dlt',
  partition: 0,
  offset,
  timestamp: 7,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: {
    note: 'kept',
    'sluice-run': Buffer.from('run-1'),
    'sluice-dead-letter-origin': 'orders/2/41',
    'sluice-dead-letter-code': 'SCHEMA_UNKNOWN',
    'sluice-dead-letter-reason': 'the registry has no schema with id 9',
    'sluice-dead-letter-stage': 'process',
    ...headers,
  },
})
const described = (offset: number, headers?: Record<string, string>): DeadLetter =>
  describeDeadLetter(deadLetter(offset, headers))
const all = { all: true, code: null } as const
const actions = (letters: DeadLetter[], selection: Parameters<typeof redrivePlan>[2] = all) =>
  redrivePlan('orders', letters, selection).map(({ letter, action }) => [letter.position.offset, action])

describe('the plan', () => {
  test('takes in one, all, or all of a code', () => {
    const letters = [described(1), described(2, { 'sluice-dead-letter-code': 'RECORD_INVALID' })]
    expect(actions(letters)).toEqual([
      [1, 'redrive'],
      [2, 'redrive'],
    ])
    expect(actions(letters, { all: true, code: 'RECORD_INVALID' })).toEqual([[2, 'redrive']])
    expect(actions(letters, { partition: 0, offset: 1 })).toEqual([[1, 'redrive']])
    expect(actions(letters, { partition: 1, offset: 1 })).toEqual([])
  })

  test('skips what was sent before, and says where it is', () => {
    const sent: DeadLetter = {
      ...described(1),
      state: 'redriven',
      sentTo: { topic: 'orders', partition: 2, offset: 50 },
    }
    expect(redrivePlan('orders', [sent], all)).toMatchObject([
      { action: 'skip', reason: 'redriven already as orders/2/50' },
    ])
  })

  test('skips what a later dead letter stands for', () => {
    expect(actions([{ ...described(1), state: 'repeated' }, described(2)])).toEqual([
      [1, 'skip'],
      [2, 'redrive'],
    ])
  })

  test('parks what was redriven three times', () => {
    expect(actions([described(1, { 'sluice-redrives': '2' }), described(2, { 'sluice-redrives': '3' })])).toEqual([
      [1, 'redrive'],
      [2, 'park'],
    ])
  })

  test('refuses what never was a record, and what stood on another topic', () => {
    const letters = [
      described(1, { 'sluice-dead-letter-origin': '' }),
      described(2, { 'sluice-dead-letter-origin': 'others/0/1' }),
    ]
    expect(actions(letters)).toEqual([
      [1, 'refuse'],
      [2, 'refuse'],
    ])
  })
})

describe('a record near the limit of its topic', () => {
  /** A dead letter whose redriven record would be `spare` bytes below the limit. */
  const filled = (spare: number): TopicRecord => {
    const letter = deadLetter(3)
    const room = maxRecordBytes - recordBytes({ ...redrivenRecord(letter, 'orders'), value: null }) - spare
    return { ...letter, value: Buffer.alloc(room) }
  }
  const stepOf = (record: TopicRecord): RedriveStep => {
    const [step] = redrivePlan('orders', [describeDeadLetter(record)], all)
    if (!step || !isNearLimit(step)) throw new Error('not near the limit')
    return fittingStep(step, record, 'orders', 'orders')
  }

  test('is sent back while it fits with the headers that a redrive adds', () => {
    expect(stepOf(filled(0)).action).toBe('redrive')
  })

  test('is refused with size and limit when it does not', () => {
    expect(stepOf(filled(-1))).toMatchObject({
      action: 'refuse',
      reason: 'the record for topic orders has 1048577 bytes with its headers, more than the 1048576 allowed',
    })
  })

  test('is looked at only there', () => {
    const near = (record: TopicRecord) => redrivePlan('orders', [describeDeadLetter(record)], all).map(isNearLimit)
    expect([near(filled(4_000)), near(deadLetter(1, { 'sluice-redrives': '3' }))]).toEqual([[false], [false]])
  })
})

describe('the record that is sent back', () => {
  test('is as it was, on its partition, and names the record and the dead letter', () => {
    const { headers, ...rest } = redrivenRecord(deadLetter(3), 'orders')
    expect(rest).toEqual({ key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 7, partition: 2 })
    expect(headers).toEqual({
      note: 'kept',
      'sluice-run': Buffer.from('run-1'),
      'sluice-origin': 'orders/2/41',
      'sluice-redrives': '1',
      'sluice-redriven-from': 'orders.dlt/0/3',
    })
  })

  test('keeps the record as first published, and counts on', () => {
    const again = { 'sluice-origin': 'orders/2/5', 'sluice-redrives': '1', 'sluice-redriven-from': 'orders.dlt/0/1' }
    expect(redrivenRecord(deadLetter(3, again), 'orders').headers).toMatchObject({
      'sluice-origin': 'orders/2/5',
      'sluice-redrives': '2',
      'sluice-redriven-from': 'orders.dlt/0/3',
    })
  })

  test('has no origin of a topic that is not the first of the pipeline', () => {
    const foreign = { 'sluice-origin': 'others/2/5' }
    expect(redrivenRecord(deadLetter(3, foreign), 'orders').headers['sluice-origin']).toBe('orders/2/41')
  })
})

test('a parked record is the dead letter as it is, with its position', () => {
  expect(parkedRecord(deadLetter(3)).headers).toEqual({
    ...deadLetter(3).headers,
    'sluice-redriven-from': 'orders.dlt/0/3',
  })
})

test('a topic may be named with or without .dlt', () => {
  expect(['orders', 'orders.dlt', 'order'].map((name) => namedTopic(['orders'], name))).toEqual([
    'orders',
    'orders',
    null,
  ])
})
