/**
 * Brings one batch to its function until each record is settled, lost to another member, or the poller stops.
 * Not for choosing batches (assembler.ts) or committing (committer.ts).
 */
import { fullJitter, pause } from './backoff.ts'
import { type Batch, type BatchPart, type EventWriter, eventBytes } from './event.ts'
import type { Invocation, Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import type { InvocationOutcome, Report } from './report.ts'
import { parseBatchResponse } from './response.ts'
import type { PollerSettings } from './settings.ts'
import type { Slots } from './slots.ts'

/** What a delivery works with, and whom it tells. */
export type DeliveryContext = {
  readonly mapping: Mapping
  readonly writer: EventWriter
  readonly invoker: Invoker
  readonly settings: PollerSettings
  readonly slots: Slots
  readonly report: Report
  /** Aborted: no further attempt is made. */
  readonly stopping: AbortSignal
  /** Aborted: the attempt in flight is given up. */
  readonly abandoned: AbortSignal
  /** Whether the partition is still this member's, in the assignment from which the batch was taken. */
  isOwned(partition: number): boolean
  /** The records are done with. Only called while the partition is owned. */
  onSettled(part: BatchPart): void
  /** The batch holds no record of the partition any more. Called once for each partition. */
  onReleased(partition: number): void
  /** The function's last word, null when all went well. */
  onResult(problem: string | null): void
}

/**
 * Delivers a batch. A function error or a malformed answer repeats the whole batch, a partial answer only the records
 * it names; both count as attempts. A failure to reach the function repeats the batch and does not count. Waits grow
 * while nothing gets settled. Order within a partition is kept. Never rejects.
 */
export async function deliver(batch: Batch, context: DeliveryContext): Promise<void> {
  const { slots, stopping, settings, report, mapping, isOwned, onReleased } = context
  let rest = batch
  let attempt = 0
  let fruitless = 0
  while (rest.length > 0 && (await slots.acquire(stopping))) {
    for (const { partition } of rest) if (!isOwned(partition)) onReleased(partition)
    rest = rest.filter(({ partition }) => isOwned(partition))
    const result = rest.length === 0 ? null : await invokeOnce(rest, attempt, context)
    slots.release()
    if (!result) break
    for (const part of result.settled) if (isOwned(part.partition)) context.onSettled(part)
    const open = new Set(result.failed.map(({ partition }) => partition))
    for (const { partition } of rest) if (!open.has(partition)) onReleased(partition)
    context.onResult(result.problem)
    rest = result.failed
    if (rest.length === 0) break
    if (result.outcome !== 'undelivered') attempt += 1
    fruitless = result.settled.length > 0 ? 0 : fruitless + 1
    if (stopping.aborted) break
    const delayMs = Math.round(fullJitter(fruitless, settings.retryBackoff))
    report({ type: 'retry', mapping: mapping.id, records: count(rest), delayMs, reason: result.problem ?? '' })
    await pause(delayMs, stopping)
  }
  for (const { partition } of rest) onReleased(partition)
}

type AttemptResult = {
  readonly outcome: InvocationOutcome
  readonly settled: Batch
  /** To be sent again. */
  readonly failed: Batch
  readonly problem: string | null
}

async function invokeOnce(batch: Batch, attempt: number, context: DeliveryContext): Promise<AttemptResult> {
  const { mapping, writer, invoker, abandoned, report } = context
  const started = performance.now()
  let answer: Invocation | Error
  try {
    answer = await invoker.invoke(mapping.functionName, Buffer.from(writer.event(batch)), abandoned)
  } catch (error) {
    answer = error instanceof Error ? error : new Error(String(error))
  }
  const result = judge(answer, batch, mapping)
  report({
    type: 'invoked',
    mapping: mapping.id,
    outcome: result.outcome,
    records: count(batch),
    failed: count(result.failed),
    partitions: batch.map(({ partition }) => partition),
    bytes: eventBytes(writer, batch),
    ms: performance.now() - started,
    attempt,
    requestId: answer instanceof Error ? null : answer.requestId,
  })
  return result
}

function judge(answer: Invocation | Error, batch: Batch, { failureUnit, topic }: Mapping): AttemptResult {
  const fail = (outcome: InvocationOutcome, problem: string): AttemptResult => ({
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
  const verdict = parseBatchResponse(
    answer.payload,
    (partition, offset) => offsets.get(partition)?.has(offset) ?? false,
  )
  if (verdict.kind === 'malformed') return fail('function-error', `the function's answer is refused: ${verdict.reason}`)
  if (verdict.kind === 'success') return { outcome: 'success', settled: batch, failed: [], problem: null }
  const pick = (wanted: boolean): Batch =>
    batch
      .map(({ partition, records }) => {
        const failed = verdict.failed.get(`${topic}-${partition}`)
        return { partition, records: records.filter(({ offset }) => (failed?.has(offset) ?? false) === wanted) }
      })
      .filter(({ records }) => records.length > 0)
  const failed = pick(true)
  const problem = `the function reported ${count(failed)} of ${count(batch)} records as failed`
  return { outcome: 'partial', settled: pick(false), failed, problem }
}

function count(batch: Batch): number {
  return batch.reduce((sum, { records }) => sum + records.length, 0)
}
