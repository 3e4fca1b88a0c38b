import { expect, test } from 'vitest'
import { millisecondsOf, resultTopic } from '../../../src/core/job.ts'
import { topologyOf } from '../../../src/core/topology.ts'
import { writersOf } from '../../../src/core/writers.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'
import { orders } from '../../fixtures/orders.ts'
import { sums } from '../../fixtures/sums-job.ts'

const pipeline = { ...orders, analytics: [sums] }

test('a job brings a topic with its dead letters, a table and a subject', () => {
  const before = topologyOf([orders])
  const { topics, tables, subjects } = topologyOf([pipeline])
  expect(topics.slice(before.topics.length)).toMatchObject([
    { name: 'order_sums', partitions: 2, retentionMs: 86_400_000 },
    { name: 'order_sums.dlt' },
    { name: 'order_sums.parked' },
  ])
  expect(tables.slice(before.tables.length)).toEqual([
    {
      name: 'order_sums',
      columns: { id: 'text', window_start: 'timestamp', amount: 'double' },
      partitionKey: ['id'],
      clusteringColumns: ['window_start'],
      ttlSeconds: 3_600,
    },
  ])
  expect(subjects.slice(before.subjects.length)).toEqual([
    {
      subject: 'order_sums-value',
      schema: {
        type: 'record',
        name: 'OrderSums',
        namespace: 'sluice.analytics',
        fields: [
          { name: 'id', type: ['null', 'string'], default: null },
          { name: 'window_start', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }], default: null },
          { name: 'amount', type: ['null', 'double'], default: null },
        ],
      },
    },
  ])
})

test('its results have a writer beside that of the pipeline, and rows that are the records', () => {
  const [own, ofJob] = writersOf(pipeline)
  expect(own).toMatchObject({ job: null, topic: { name: 'totals' } })
  expect(ofJob).toMatchObject({ job: 'order_sums', topic: { name: 'order_sums' } })
  const row = { id: 'a', window_start: 60_000, amount: 1.5 }
  expect(ofJob?.tables[0]?.rows(row)).toEqual([row])
})

test('a result goes through its schema as it is, and its key is that of its row', () => {
  const { schema, key } = resultTopic(sums)
  const codec = avroCodec(schema)
  const record = { id: 'a', window_start: 60_000, amount: null }
  expect({ ...codec.decode(codec.encode(record), JSON.stringify(schema)) }).toEqual(record)
  expect(key(record)).toBe('a|60000')
})

test('two jobs of a name are refused', () => {
  expect(() => topologyOf([{ ...orders, analytics: [sums, sums] }])).toThrow(
    'two consumer groups are called "sluice-orders-order_sums-write"',
  )
})

test.each([
  ['1 second', 1_000],
  ['65 minutes', 3_900_000],
  ['2 hours', 7_200_000],
  ['1 day', 86_400_000],
] as const)('%s are %i ms', (duration, ms) => {
  expect(millisecondsOf(duration)).toBe(ms)
})
