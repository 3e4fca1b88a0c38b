/**
 * What process and write have in common: every record of a batch ends settled, as a dead letter, or reported for retry.
 */
import type { RecordProducer } from '../connect/kafka-producer.ts'
import type { SluiceError } from '../core/errors.ts'
import { headerNames, headerText } from '../core/headers.ts'
import type { KafkaBatchResponse } from '../core/kafka-event.ts'
import type { Stage } from '../core/names.ts'
import { asRecordError, type Rejected, sendDeadLetters } from './dead-letter.ts'
import type { IncomingRecord } from './incoming-record.ts'
import { logger } from './logging.ts'

/** The outcome of a batch so far: which records are given up, which are to be tried again. */
export type Outcome = { readonly rejected: Rejected[]; readonly failed: Rejected[] }

/** An outcome without any trouble. */
export function emptyOutcome(): Outcome {
  return { rejected: [], failed: [] }
}

/** Sorts a record's failure: a passing one is to be tried again, a permanent one makes a dead letter. */
export function sortFailure(outcome: Outcome, record: IncomingRecord, error: unknown): void {
  const known = asRecordError(error)
  const side = known.retryable ? outcome.failed : outcome.rejected
  side.push({ record, error: known })
}

/** Sends the dead letters and answers with the records to be tried again; a dead letter that Kafka did not take is one of these. */
export async function settle(
  outcome: Outcome,
  records: readonly IncomingRecord[],
  producer: RecordProducer,
  stage: Stage,
): Promise<KafkaBatchResponse> {
  const { rejected, failed } = outcome
  const [first] = records
  if (first && rejected.length > 0) {
    try {
      await sendDeadLetters(producer, first.topic, rejected, stage)
    } catch (error) {
      failed.push(...rejected.map(({ record }) => ({ record, error: error as SluiceError })))
    }
  }
  report(stage, records, outcome)
  return {
    batchItemFailures: failed.map(({ record }) => ({
      itemIdentifier: { partition: `${record.topic}-${record.partition}`, offset: record.offset },
    })),
  }
}

function report(stage: Stage, records: readonly IncomingRecord[], { rejected, failed }: Outcome): void {
  const counts = {
    stage,
    records: records.length,
    deadLetters: rejected.length,
    failed: failed.length,
    ...batchFields(records),
  }
  if (rejected.length + failed.length === 0) {
    logger.info('batch settled', counts)
    return
  }
  const first = failed[0] ?? rejected[0]
  logger.warn('batch with failures', {
    ...counts,
    code: first?.error.code,
    reason: first?.error.message,
    partition: first?.record.partition,
    offset: first?.record.offset,
  })
}

/** More runs than a batch holds unless something is far behind. */
const namedRuns = 10

/** What finds the batch of a record again: topic, first and last offset of each partition, and whose records they are. */
function batchFields(records: readonly IncomingRecord[]) {
  const offsets: Record<string, [first: number, last: number]> = {}
  const runs = new Set<string>()
  for (const { partition, offset, headers } of records) {
    const [first] = offsets[partition] ?? [offset]
    offsets[partition] = [first, offset]
    const run = headerText(headers, headerNames.run)
    if (run !== null && runs.size < namedRuns) runs.add(run)
  }
  return { topic: records[0]?.topic, offsets, runs: [...runs] }
}
