/**
 * The record that an on-failure destination gets, as an object to be written as JSON. Pure.
 * Source: AWS Lambda Developer Guide, "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka" and
 * "Using a Kafka topic as an on-failure destination".
 */
import { randomUUID } from 'node:crypto'
import { type Batch, eventBytes, type QueuedRecord, recordCount } from '../event.ts'
import type { FailureFormat } from '../settings.ts'
import type { DiscardedBatch, FailureSource } from './destination.ts'

/** Where functions live, for ARNs. */
export type AwsPlace = { readonly region: string; readonly accountId: string }

/** What every form of the record is made from. */
export type FailureContext = {
  readonly source: FailureSource
  readonly place: AwsPlace
  readonly format: FailureFormat
}

/** The record for a whole batch: metadata only. SQS and SNS get it as it is. */
export function batchFailure(discarded: DiscardedBatch, context: FailureContext, now: Date) {
  const { batch, condition } = discarded
  const { topic } = context.source
  const recordsInfo = Object.fromEntries(
    batch.map(({ partition, records }) => [`${topic}-${partition}`, partInfo(records)]),
  )
  const spelled = condition === 'RecordAgeExceeded' ? context.format.recordAgeCondition : condition
  return failure(discarded, context, now, spelled, { ...batchInfo(batch, context), recordsInfo })
}

/** The record for one Kafka record, with the event that holds it alone as an object. */
export function recordFailure(discarded: DiscardedBatch, context: FailureContext, now: Date) {
  const { batch, condition } = discarded
  const [{ offset, timestamp }] = batch.flatMap(({ records }) => records) as [QueuedRecord]
  const { format, source } = context
  const spellings: Partial<Record<typeof condition, string>> = {
    RetryAttemptsExhausted: format.topicExhaustedCondition,
    RecordAgeExceeded: format.recordAgeCondition,
  }
  const spelled = spellings[condition] ?? condition
  const recordInfo = { offset: String(offset), timestamp: isoTime(timestamp) }
  return {
    ...failure(discarded, context, now, spelled, { ...batchInfo(batch, context), recordInfo }),
    payload: JSON.parse(source.writer.event(batch).toString()) as unknown,
  }
}

/** The function's ARN, as given or made from its name; names may carry a version or alias behind a colon. */
export function functionArn(functionName: string, { region, accountId }: AwsPlace): string {
  if (functionName.startsWith('arn:')) return functionName
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName.replace(/^\d{12}:function:/, '')}`
}

function failure(
  { lastInvocation, invocations }: DiscardedBatch,
  { source, place }: FailureContext,
  now: Date,
  condition: string,
  KafkaBatchInfo: object,
) {
  return {
    requestContext: {
      requestId: lastInvocation?.requestId ?? randomUUID(),
      functionArn: functionArn(source.functionName, place),
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext: lastInvocation && {
      statusCode: lastInvocation.statusCode,
      executedVersion: lastInvocation.executedVersion ?? '$LATEST',
      ...(lastInvocation.functionError === null ? {} : { functionError: lastInvocation.functionError }),
    },
    version: '1.0',
    timestamp: now.toISOString(),
    KafkaBatchInfo,
  }
}

function batchInfo(batch: Batch, { source, format }: FailureContext) {
  const { eventSourceArn, bootstrapServers, writer } = source
  const arn = eventSourceArn === null && format.missingSourceArn === 'absent' ? {} : { eventSourceArn }
  return {
    batchSize: recordCount(batch),
    ...arn,
    bootstrapServers: bootstrapServers.join(','),
    payloadSize: eventBytes(writer, batch),
  }
}

function partInfo(records: readonly QueuedRecord[]) {
  const [first, last] = [records[0] as QueuedRecord, records.at(-1) as QueuedRecord]
  return {
    firstRecordOffset: String(first.offset),
    lastRecordOffset: String(last.offset),
    firstRecordTimestamp: isoTime(first.timestamp),
    lastRecordTimestamp: isoTime(last.timestamp),
  }
}

/** A record's time; one without a time (−1) or beyond what a date can hold is written as the number it is. */
function isoTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
