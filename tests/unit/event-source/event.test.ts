import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConsumedRecord } from '../../../src/connect/kafka-consumer-port.ts'
import type { KafkaEvent } from '../../../src/core/kafka-event.ts'
import { eventBytes, eventWriter } from '../../../src/event-source/event.ts'
import { defaultSettings } from '../../../src/event-source/settings.ts'

const { format } = defaultSettings
const record = (fields: Partial<ConsumedRecord> = {}): ConsumedRecord => ({
  offset: 15,
  timestamp: 1545084650987,
  timestampType: 'CREATE_TIME',
  key: Buffer.from('key'),
  value: Buffer.from('Hello, this is a test.'),
  headers: [],
  ...fields,
})

describe('event bytes', () => {
  test('are those of the AWS documentation, bar the ARN', () => {
    const writer = eventWriter(
      { topic: 'mytopic', bootstrapServers: ['b-2.example:9092', 'b-1.example:9092'], eventSourceArn: null },
      format,
    )
    const headers = [{ name: 'headerKey', value: Buffer.from('headerValue') }]
    const event = writer.event([{ partition: 0, records: [writer.queued(0, record({ headers }))] }])
    expect(event.toString()).toBe(
      '{"eventSource":"SelfManagedKafka","bootstrapServers":"b-2.example:9092,b-1.example:9092","records":{"mytopic-0":[{"topic":"mytopic","partition":0,"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME","key":"a2V5","value":"SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==","headers":[{"headerKey":[104,101,97,100,101,114,86,97,108,117,101]}]}]}}',
    )
  })

  test('hold several partitions and records in order', () => {
    const writer = eventWriter({ topic: 'a-b', bootstrapServers: ['h:1'], eventSourceArn: null }, format)
    const bare = { key: null, value: null }
    const batch = [
      { partition: 12, records: [writer.queued(12, record({ offset: 1, ...bare }))] },
      {
        partition: 3,
        records: [
          writer.queued(3, record({ offset: 7, ...bare, timestampType: 'LOG_APPEND_TIME' })),
          writer.queued(3, record({ offset: 9, ...bare, key: Buffer.alloc(0), value: Buffer.from([0xff]) })),
        ],
      },
    ]
    expect(writer.event(batch).toString()).toBe(
      '{"eventSource":"SelfManagedKafka","bootstrapServers":"h:1","records":{"a-b-12":[{"topic":"a-b","partition":12,"offset":1,"timestamp":1545084650987,"timestampType":"CREATE_TIME","headers":[]}],"a-b-3":[{"topic":"a-b","partition":3,"offset":7,"timestamp":1545084650987,"timestampType":"LOG_APPEND_TIME","headers":[]},{"topic":"a-b","partition":3,"offset":9,"timestamp":1545084650987,"timestampType":"CREATE_TIME","key":"","value":"/w==","headers":[]}]}}',
    )
  })

  test('hold repeated headers as repeated entries with signed bytes, and an empty array for a header without value', () => {
    const writer = eventWriter({ topic: 't1', bootstrapServers: ['h:1'], eventSourceArn: null }, format)
    const headers = [
      { name: 'ä"', value: Buffer.from([0, 127, 128, 255]) },
      { name: 'ä"', value: Buffer.alloc(0) },
      { name: 'b', value: null },
    ]
    const queued = writer.queued(0, record({ headers, key: null, value: null }))
    const event = writer.event([{ partition: 0, records: [queued] }]).toString()
    expect(event).toContain('"headers":[{"ä\\"":[0,127,-128,-1]},{"ä\\"":[]},{"b":[]}]}]}}')
  })

  test('follow the settings', () => {
    const writer = eventWriter(
      { topic: 't1', bootstrapServers: ['h:1'], eventSourceArn: null },
      {
        headerBytes: 'unsigned',
        nullKeyOrValue: 'null',
        nullHeaderValue: 'null',
      },
    )
    const headers = [
      { name: 'a', value: Buffer.from([255]) },
      { name: 'b', value: null },
    ]
    const queued = writer.queued(0, record({ headers, key: null, value: null }))
    const event = writer.event([{ partition: 0, records: [queued] }]).toString()
    expect(event).toContain('"key":null,"value":null,"headers":[{"a":[255]},{"b":null}]}')
  })
})

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
const anyRecord = fc.record({
  timestamp: fc.nat(),
  timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.record({ name: fc.string({ unit: 'binary' }), value: bytes }), { maxLength: 3 }),
})
const anyBatch = fc.uniqueArray(
  fc.record({ partition: fc.nat(200), records: fc.array(anyRecord, { minLength: 1, maxLength: 5 }) }),
  { selector: ({ partition }) => partition, minLength: 1, maxLength: 5 },
)

test('any event is JSON of the predicted size that gives every byte back', () => {
  const writer = eventWriter({ topic: 'some.topic', bootstrapServers: ['h:1', 'ü:2'], eventSourceArn: null }, format)
  fc.assert(
    fc.property(anyBatch, (parts) => {
      const batch = parts.map(({ partition, records }) => ({
        partition,
        records: records.map((one, offset) => writer.queued(partition, { offset, ...one })),
      }))
      const json = writer.event(batch).toString()
      expect(eventBytes(writer, batch)).toBe(Buffer.byteLength(json))
      const event = JSON.parse(json) as KafkaEvent
      expect(event.bootstrapServers).toBe('h:1,ü:2')
      for (const { partition, records } of parts) {
        const read = event.records[`some.topic-${partition}`] ?? []
        expect(read.map(({ offset }) => offset)).toEqual(records.map((_, offset) => offset))
        records.forEach(({ key, value, headers }, index) => {
          const one = read[index]
          expect(one?.key === undefined ? null : Buffer.from(one.key ?? '', 'base64')).toEqual(key)
          expect(one?.value === undefined ? null : Buffer.from(one.value ?? '', 'base64')).toEqual(value)
          const readHeaders = one?.headers.flatMap((entry) => Object.entries(entry)) ?? []
          expect(readHeaders.map(([name, value]) => ({ name, value: Buffer.from(value ?? []) }))).toEqual(headers)
        })
      }
    }),
  )
})
