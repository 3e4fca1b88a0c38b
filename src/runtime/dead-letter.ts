/**
 * Dead letters: a record that can never be written, with its bytes and headers as they were and the reason.
 */
import type { OutgoingRecord, RecordProducer } from '../connect/kafka-producer.ts'
import { SluiceError } from '../core/errors.ts'
import { formatPosition, headerNames } from '../core/headers.ts'
import { deadLetterTopic, type Stage } from '../core/names.ts'
import type { IncomingRecord } from './incoming-record.ts'

/** A record given up, and why. */
export type Rejected = { readonly record: IncomingRecord; readonly error: SluiceError }

/** The dead letter of a record: key, value, headers and time as they were, and who gave it up, where and why. */
export function deadLetter({ record, error }: Rejected, stage: Stage): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    timestamp: record.timestamp,
    headers: {
      ...record.headers,
      [headerNames.deadLetterOrigin]: formatPosition(record),
      ...deadLetterHeaders(error, stage),
    },
  }
}

/** The headers that say why and by which stage a record was given up. The reason is our own wording, free of data. */
export function deadLetterHeaders(error: SluiceError, stage: Stage): Record<string, string> {
  return {
    [headerNames.deadLetterCode]: error.code,
    [headerNames.deadLetterReason]: error.message,
    [headerNames.deadLetterStage]: stage,
  }
}

/** Produces the dead letters of rejected records of one topic; resolves after they are acknowledged. */
export async function sendDeadLetters(
  producer: RecordProducer,
  topic: string,
  rejected: readonly Rejected[],
  stage: Stage,
): Promise<void> {
  await producer.send(
    deadLetterTopic(topic),
    rejected.map((each) => deadLetter(each, stage)),
  )
}

/** The error as one of ours: an unexpected one is a defect in the pipeline's own code and names no data. */
export function asRecordError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  const kind = error instanceof Error ? error.name : typeof error
  return new SluiceError('RECORD_INVALID', `the pipeline's own code failed on the record with ${kind}`, {
    cause: error,
  })
}
