/**
 * Brings one batch to its function until each record is settled, given up, lost to another member, or the poller stops.
 * Not for choosing batches (assembler.ts), what follows from a failure (failure.ts) or committing (committer.ts).
 */
import { fullJitter, pause } from './backoff.ts'
import type { OnFailureDestination } from './destination/destination.ts'
import { type DiscardReason, discard } from './discard.ts'
import { type Batch, type BatchPart, type EventWriter, eventBytes, recordCount } from './event.ts'
import { type Attempt, afterFailure, type Failure, type FailurePolicy, partByAge } from './failure.ts'
import type { Invocation, Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import type { Report } from './report.ts'
import type { PollerSettings } from './settings.ts'
import type { Slots } from './slots.ts'
import { judge, type Verdict } from './verdict.ts'

/** What a delivery works with, and whom it tells. */
export type DeliveryContext = {
  readonly mapping: Mapping
  readonly policy: FailurePolicy
  readonly writer: EventWriter
  readonly invoker: Invoker
  readonly destination: OnFailureDestination | null
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

type OpenAttempt = Attempt & { readonly lastInvocation: Invocation | null }

/**
 * Delivers a batch. A function error or a malformed answer repeats the whole batch, or its halves one after the other;
 * a partial answer repeats only the records it names. A failure to reach the function repeats the batch and does not
 * count. Waits grow while nothing gets on. Order within a partition is kept. Never rejects.
 */
export async function deliver(batch: Batch, context: DeliveryContext): Promise<void> {
  const { slots, stopping, settings, report, mapping, policy, isOwned } = context
  const held = new Set(batch.map(({ partition }) => partition))
  const release = (open: readonly Attempt[]) => {
    const needed = new Set(open.flatMap((attempt) => attempt.batch.map(({ partition }) => partition)))
    for (const partition of held) {
      if (needed.has(partition)) continue
      held.delete(partition)
      context.onReleased(partition)
    }
  }
  const settle = (settled: Batch) => {
    for (const part of settled) if (isOwned(part.partition)) context.onSettled(part)
  }
  const giveUp = async (records: Batch, reason: DiscardReason) => settle(await discard(records, reason, context))

  let open: readonly OpenAttempt[] = [{ batch, failures: 0, invocations: 0, lastInvocation: null }]
  let fruitless = 0
  for (let attempt = open[0]; attempt && !stopping.aborted; attempt = open[0]) {
    const { invocations, lastInvocation: before } = attempt
    const rest = open.slice(1)
    const owned = attempt.batch.filter(({ partition }) => isOwned(partition))
    const { fresh, expired } = partByAge(owned, policy, Date.now())
    if (expired.length > 0) {
      await giveUp(expired, { condition: 'RecordAgeExceeded', invocations, lastInvocation: before })
    }
    release([{ ...attempt, batch: fresh }, ...rest])
    open = rest
    if (fresh.length === 0) continue
    if (!(await slots.acquire(stopping))) break
    const sent = fresh.filter(({ partition }) => isOwned(partition))
    const result = sent.length === 0 ? null : await invokeOnce(sent, attempt.failures, context)
    slots.release()
    if (!result) continue
    const lastInvocation = result.answer instanceof Error ? before : result.answer
    settle(result.settled)
    context.onResult(result.problem)
    if (result.failed.length === 0) {
      fruitless = 0
      release(open)
      continue
    }
    const { next, exhausted } = afterFailure(attempt, result.failed, result.outcome as Failure, policy)
    open = [...next.map((each) => ({ ...each, lastInvocation })), ...rest]
    if (exhausted.length > 0) {
      await giveUp(exhausted, { condition: 'RetryAttemptsExhausted', invocations: invocations + 1, lastInvocation })
    }
    release(open)
    const isProgress = result.settled.length > 0 || exhausted.length > 0 || next.length > 1
    fruitless = isProgress ? 0 : fruitless + 1
    if (next.length === 0 || stopping.aborted) continue
    const delayMs = Math.round(fullJitter(fruitless, settings.retryBackoff))
    const records = recordCount(result.failed)
    report({ type: 'retry', mapping: mapping.id, records, delayMs, reason: result.problem ?? '' })
    await pause(delayMs, stopping)
  }
  release([])
}

async function invokeOnce(
  batch: Batch,
  attempt: number,
  context: DeliveryContext,
): Promise<Verdict & { readonly answer: Invocation | Error }> {
  const { mapping, writer, invoker, abandoned, report } = context
  const started = performance.now()
  let answer: Invocation | Error
  try {
    answer = await invoker.invoke(mapping.functionName, writer.event(batch), abandoned)
  } catch (error) {
    answer = error instanceof Error ? error : new Error(String(error))
  }
  const verdict = judge(answer, batch, mapping)
  report({
    type: 'invoked',
    mapping: mapping.id,
    outcome: verdict.outcome,
    records: recordCount(batch),
    failed: recordCount(verdict.failed),
    partitions: batch.map(({ partition }) => partition),
    bytes: eventBytes(writer, batch),
    ms: performance.now() - started,
    attempt,
    requestId: answer instanceof Error ? null : answer.requestId,
  })
  return { ...verdict, answer }
}
