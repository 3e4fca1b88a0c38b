/**
 * Judges how an invocation ended: which records of its batch are settled, and which failed. Pure.
 * Not for what follows for the failed ones: see failure.ts.
 */
import { type Batch, recordCount } from './event.ts'
import { select } from './failure.ts'
import type { Invocation } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import type { InvocationOutcome } from './report.ts'
import { parseBatchResponse } from './response.ts'

/** How an invocation ended. */
export type Verdict = {
  readonly outcome: InvocationOutcome
  readonly settled: Batch
  readonly failed: Batch
  /** Null when all went well. */
  readonly problem: string | null
}

/** Judges what an invoker resolved to, or the error with which it rejected. */
export function judge(
  answer: Invocation | Error,
  batch: Batch,
  { failureUnit, topic }: Pick<Mapping, 'failureUnit' | 'topic'>,
): Verdict {
  const fail = (outcome: InvocationOutcome, problem: string): Verdict => ({
    outcome,
    settled: [],
    failed: batch,
    problem,
  })
  if (answer instanceof Error) return fail('undelivered', answer.message)
  if (answer.functionError !== null) return fail('function-error', `the function failed: ${answer.functionError}`)
  if (failureUnit === 'batch') return { outcome: 'success', settled: batch, failed: [], problem: null }
  const offsets = new Map(
    batch.map(({ partition, records }) => [`${topic}-${partition}`, new Set(records.map((r) => r.offset))]),
  )
  const response = parseBatchResponse(
    answer.payload,
    (partition, offset) => offsets.get(partition)?.has(offset) ?? false,
  )
  if (response.kind === 'malformed') {
    return fail('function-error', `the function's answer is refused: ${response.reason}`)
  }
  if (response.kind === 'success') return { outcome: 'success', settled: batch, failed: [], problem: null }
  const hasFailed = (partition: number, offset: number) =>
    response.failed.get(`${topic}-${partition}`)?.has(offset) ?? false
  const failed = select(batch, (partition, { offset }) => hasFailed(partition, offset))
  const settled = select(batch, (partition, { offset }) => !hasFailed(partition, offset))
  const problem = `the function reported ${recordCount(failed)} of ${recordCount(batch)} records as failed`
  return { outcome: 'partial', settled, failed, problem }
}
