import { describe, expect, test } from 'vitest'
import type { JobDefinition } from '../../../src/core/job.ts'
import { checkJobs } from '../../../src/core/job-rules.ts'
import { orders } from '../../fixtures/orders.ts'
import { sums } from '../../fixtures/sums-job.ts'

const source = sums.sources.o
const withSource = (change: object) => ({ ...sums, sources: { o: { ...source, ...change } } })
const withResult = (change: object) => ({ ...sums, result: { ...sums.result, ...change } })
const timed = {
  ...orders.topic.schema,
  fields: [
    ...orders.topic.schema.fields,
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
  ],
} as const
const check =
  (job: object, pipeline = orders) =>
  () =>
    checkJobs({ ...pipeline, analytics: [job as JobDefinition] })

test.each<[string, object]>([
  ['the job of the fixture', sums],
  ['overlapping windows', { ...sums, window: { size: '5 minutes', slide: '1 minute' } }],
  ['final sessions', { ...sums, window: { gap: '30 minutes' }, outputMode: 'append' }],
  ['the processed topic', withSource({ topic: 'totals' })],
])('%s breaks no rule', (_, job) => {
  expect(check(job)).not.toThrow()
})

test('a field of timestamps may be the event time', () => {
  const pipeline = { ...orders, topic: { ...orders.topic, schema: timed } }
  expect(check(withSource({ eventTime: 'at' }), pipeline)).not.toThrow()
})

describe('each rule names field, value and what is allowed', () => {
  test.each<[string, object, string]>([
    [
      'a name with a hyphen',
      { ...sums, name: 'order-sums' },
      'analytics[0].name is "order-sums", but it must be lower',
    ],
    ['the name of a stage', { ...sums, name: 'process' }, 'analytics[0].name is "process", but it must be none'],
    ['a name too long', { ...sums, name: 'o'.repeat(45) }, 'but it must be 44 characters at most'],
    [
      'a column that CQL reserves',
      withResult({ columns: { ...sums.result.columns, entries: 'bigint' } }),
      'analytics[0].result.columns is "entries", but it must be a name that CQL does not reserve',
    ],
    ['no source', { ...sums, sources: {} }, 'analytics[0].sources is {}, but it must be one source at least'],
    ['a view with a space', { ...sums, sources: { 'o o': source } }, 'analytics[0].sources.o o is "o o"'],
    [
      'a topic of nobody',
      withSource({ topic: 'others' }),
      'analytics[0].sources.o.topic is "others", but it must be a topic of the pipeline: orders, totals',
    ],
    [
      'an event time that is no field',
      withSource({ eventTime: 'at' }),
      'analytics[0].sources.o.eventTime is "at", but it must be record_time or a timestamp-millis field of Order: record_time',
    ],
    ['an event time that is no time', withSource({ eventTime: 'amount' }), 'eventTime is "amount"'],
    [
      'a watermark in short',
      withSource({ watermark: '10s' }),
      'analytics[0].sources.o.watermark is "10s", but it must be a length of time such as',
    ],
    ['a window of nothing', { ...sums, window: { size: '0 minutes' } }, 'analytics[0].window.size is "0 minutes"'],
    [
      'sessions that change',
      { ...sums, window: { gap: '1 minute' } },
      'analytics[0].outputMode is "update", but it must be append, as sessions are known only when they have ended',
    ],
    [
      'complete output',
      { ...sums, outputMode: 'complete' },
      'outputMode is "complete", but it must be update or append',
    ],
    [
      'a type that results cannot have',
      withResult({ columns: { ...sums.result.columns, id: 'uuid' } }),
      'analytics[0].result.columns.id is "uuid"',
    ],
    ['no key', withResult({ partitionKey: [] }), 'analytics[0].result.partitionKey is []'],
    ['a key that is no column', withResult({ partitionKey: ['day'] }), 'analytics[0].result key column is "day"'],
    ['no partition', withResult({ partitions: 0 }), 'analytics[0].result.partitions is 0'],
  ])('%s', (_, job, message) => {
    expect(check(job)).toThrow(
      expect.objectContaining({ code: 'PIPELINE_INVALID', message: expect.stringContaining(message) }),
    )
  })

  test('a field that a view has itself', () => {
    const schema = { ...orders.topic.schema, fields: [{ name: 'window', type: 'string' }] } as const
    expect(check(sums, { ...orders, topic: { ...orders.topic, schema } })).toThrow('a topic without a field "window"')
  })
})
