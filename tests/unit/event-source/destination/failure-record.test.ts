import { expect, test } from 'vitest'
import type { DiscardedBatch } from '../../../../src/event-source/destination/destination.ts'
import {
  batchFailure,
  type FailureContext,
  functionArn,
  recordFailure,
} from '../../../../src/event-source/destination/failure-record.ts'
import { eventWriter } from '../../../../src/event-source/event.ts'
import { defaultSettings } from '../../../../src/event-source/settings.ts'

const writer = eventWriter(
  { topic: 'topic', bootstrapServers: ['h1:9092', 'h2:9092'], eventSourceArn: null },
  defaultSettings.format,
)
const record = (partition: number, offset: number) =>
  writer.queued(partition, {
    offset,
    timestamp: 1_700_000_000_000 + offset,
    timestampType: 'CREATE_TIME',
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [],
  })
const batch = [
  { partition: 0, records: [record(0, 5), record(0, 9)] },
  { partition: 3, records: [record(3, 1)] },
]
const context: FailureContext = {
  source: {
    mappingId: 'm',
    functionName: 'f',
    topic: 'topic',
    bootstrapServers: ['h1:9092', 'h2:9092'],
    eventSourceArn: null,
    access: { kind: 'none' },
    writer,
  },
  place: { region: 'eu-west-1', accountId: '123456789012' },
  format: defaultSettings.failureFormat,
}
const lastInvocation = {
  functionError: 'Unhandled',
  payload: '',
  requestId: 'r-1',
  statusCode: 200,
  executedVersion: '$LATEST',
}
const discarded: DiscardedBatch = { batch, condition: 'RetryAttemptsExhausted', invocations: 3, lastInvocation }
const now = new Date('2026-01-02T03:04:05.678Z')

test('a batch is described as SQS and SNS get it', () => {
  expect(batchFailure(discarded, context, now)).toEqual({
    requestContext: {
      requestId: 'r-1',
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.678Z',
    KafkaBatchInfo: {
      batchSize: 3,
      bootstrapServers: 'h1:9092,h2:9092',
      payloadSize: writer.event(batch).length,
      recordsInfo: {
        'topic-0': {
          firstRecordOffset: '5',
          lastRecordOffset: '9',
          firstRecordTimestamp: '2023-11-14T22:13:20.005Z',
          lastRecordTimestamp: '2023-11-14T22:13:20.009Z',
        },
        'topic-3': {
          firstRecordOffset: '1',
          lastRecordOffset: '1',
          firstRecordTimestamp: '2023-11-14T22:13:20.001Z',
          lastRecordTimestamp: '2023-11-14T22:13:20.001Z',
        },
      },
    },
  })
})

test('a record is described with itself as payload, as a topic gets it', () => {
  const one = [{ partition: 3, records: [record(3, 1)] }]
  const failure = recordFailure({ ...discarded, batch: one }, context, now)
  expect(failure.requestContext.condition).toBe('RetriesExhausted')
  expect(failure.KafkaBatchInfo).toEqual({
    batchSize: 1,
    bootstrapServers: 'h1:9092,h2:9092',
    payloadSize: writer.event(one).length,
    recordInfo: { offset: '1', timestamp: '2023-11-14T22:13:20.001Z' },
  })
  expect(failure.payload).toEqual(JSON.parse(writer.event(one).toString()))
})

test('what never reached the function has no response', () => {
  const never: DiscardedBatch = { batch, condition: 'MaximumPayloadSizeExceeded', invocations: 0, lastInvocation: null }
  const failure = batchFailure(never, context, now)
  expect(failure.responseContext).toBeNull()
  expect(failure.requestContext).toMatchObject({ condition: 'MaximumPayloadSizeExceeded', approximateInvokeCount: 0 })
  expect(failure.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/)
})

test('records that the function itself reported have no function error', () => {
  const partial = { ...discarded, lastInvocation: { ...lastInvocation, functionError: null } }
  expect(batchFailure(partial, context, now).responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST' })
})

test('spellings and the missing ARN follow the settings', () => {
  const format = {
    topicExhaustedCondition: 'RetryAttemptsExhausted',
    recordAgeCondition: 'Old',
    missingSourceArn: 'null',
  } as const
  expect(recordFailure(discarded, { ...context, format }, now).requestContext.condition).toBe('RetryAttemptsExhausted')
  const old = batchFailure({ ...discarded, condition: 'RecordAgeExceeded' }, { ...context, format }, now)
  expect(old.requestContext.condition).toBe('Old')
  expect(old.KafkaBatchInfo).toMatchObject({ eventSourceArn: null })
})

test('a source with an ARN is named, and times that are none do no harm', () => {
  const arn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1'
  const timeless = [{ partition: 0, records: [{ ...record(0, 1), timestamp: Number.MAX_SAFE_INTEGER }] }]
  const source = { ...context.source, eventSourceArn: arn }
  expect(batchFailure({ ...discarded, batch: timeless }, { ...context, source }, now).KafkaBatchInfo).toMatchObject({
    eventSourceArn: arn,
    recordsInfo: { 'topic-0': { firstRecordTimestamp: '9007199254740991' } },
  })
})

test.each([
  ['f', 'arn:aws:lambda:eu-west-1:123456789012:function:f'],
  ['f:live', 'arn:aws:lambda:eu-west-1:123456789012:function:f:live'],
  ['123456789012:function:f', 'arn:aws:lambda:eu-west-1:123456789012:function:f'],
  ['arn:aws:lambda:us-east-1:1:function:g', 'arn:aws:lambda:us-east-1:1:function:g'],
])('the ARN of function %s', (name, arn) => expect(functionArn(name, context.place)).toBe(arn))
