import { expect, test } from 'vitest'
import type { KafkaEvent, KafkaEventRecord } from '../../../src/core/kafka-event.ts'
import { type IncomingRecord, incomingRecords, requiredValue } from '../../../src/runtime/incoming-record.ts'

const base = { topic: 't', partition: 0, offset: 7, timestamp: 5, timestampType: 'CREATE_TIME', headers: [] } as const

function read(change: object): IncomingRecord {
  const record = { ...base, ...change } as unknown as KafkaEventRecord
  const event: KafkaEvent = { eventSource: 'aws:kafka', bootstrapServers: 'h:1', records: { 't-0': [record] } }
  return incomingRecords(event)[0] as IncomingRecord
}

test.each([
  ['absent', {}, null],
  ['null', { key: null }, null],
  ['empty', { key: '' }, null],
  ['given', { key: 'AP8=' }, Buffer.from([0, 255])],
])('a key that is %s', (_, change, key) => {
  expect(read(change).key).toEqual(key)
})

test.each([
  ['absent', {}, null],
  ['null', { value: null }, null],
  ['empty', { value: '' }, Buffer.alloc(0)],
  ['given', { value: 'AP8=' }, Buffer.from([0, 255])],
])('a value that is %s', (_, change, value) => {
  expect(read(change).value).toEqual(value)
})

test('header bytes may be signed or unsigned', () => {
  const { headers } = read({ headers: [{ signed: [-1, -128, 127] }, { unsigned: [255, 128, 127] }] })
  expect(headers.signed).toEqual([Buffer.from([255, 128, 127])])
  expect(headers.unsigned).toEqual([Buffer.from([255, 128, 127])])
})

test('a repeated header keeps all its values in order', () => {
  const { headers } = read({ headers: [{ a: [1] }, { b: [2] }, { a: [3] }] })
  expect({ ...headers }).toEqual({ a: [Buffer.from([1]), Buffer.from([3])], b: [Buffer.from([2])] })
})

test('headers may be absent, empty or null', () => {
  expect({ ...read({ headers: undefined }).headers }).toEqual({})
  expect({ ...read({ headers: [{ a: [] }, { b: null }] }).headers }).toEqual({
    a: [Buffer.alloc(0)],
    b: [Buffer.alloc(0)],
  })
})

test.each(['constructor', 'toString', '__proto__'])('a header may be called %s', (name) => {
  const { headers } = read({ headers: [Object.fromEntries([[name, [1]]])] })
  expect(Object.entries(headers)).toEqual([[name, [Buffer.from([1])]]])
  expect(Object.entries({ ...headers })).toEqual([[name, [Buffer.from([1])]]])
})

test('topic and partition come from the record, so that a topic may have hyphens', () => {
  const record = (topic: string, partition: number, offset: number) =>
    ({ ...base, topic, partition, offset }) as unknown as KafkaEventRecord
  const event: KafkaEvent = {
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'h:1',
    records: { 'a-b-1-0': [record('a-b-1', 0, 4), record('a-b-1', 0, 5)], 'a-b-1-12': [record('a-b-1', 12, 0)] },
  }
  expect(incomingRecords(event).map(({ topic, partition, offset }) => [topic, partition, offset])).toEqual([
    ['a-b-1', 0, 4],
    ['a-b-1', 0, 5],
    ['a-b-1', 12, 0],
  ])
})

test('a record must have a key and a value', () => {
  const value = 'AA=='
  expect(requiredValue(read({ key: 'AA==', value }))).toEqual(Buffer.from([0]))
  expect(() => requiredValue(read({ value }))).toThrow(expect.objectContaining({ code: 'RECORD_KEY_MISSING' }))
  expect(() => requiredValue(read({ key: 'AA==' }))).toThrow(expect.objectContaining({ code: 'RECORD_VALUE_MISSING' }))
})
