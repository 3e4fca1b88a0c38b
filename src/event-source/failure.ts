/**
 * What happens to the records of a failed invocation: retried, split, or given up. Pure.
 * Not for invoking (delivery.ts) or for what becomes of records that were given up (discard.ts).
 * Source: AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event sources".
 */
import { type Batch, recordCount } from './event.ts'

/** Records that are to go out together, and what they went through. */
export type Attempt = {
  readonly batch: Batch
  /** Failed attempts that count against the retries. */
  readonly failures: number
  /** Invocations that reached the function with these records. */
  readonly invocations: number
}

/** When records are given up, and how they are retried before. */
export type FailurePolicy = {
  /** Retries after the first attempt; null without end. */
  readonly retries: number | null
  /** Records that are older are given up; null never. */
  readonly maxRecordAgeMs: number | null
  /** Whether a batch that failed as a whole is retried in halves. */
  readonly bisect: boolean
  /** Settings of these names. */
  readonly splitCostsAttempt: boolean
  readonly splitPartialFailures: boolean
}

/** How an attempt failed: as a whole, in some records, or without having reached the function. */
export type Failure = 'function-error' | 'partial' | 'undelivered'

/** What follows: attempts in their order, and the records that are given up. */
export type Consequence = { readonly next: readonly Attempt[]; readonly exhausted: Batch }

/** AWS caps retries without end at ten where a destination could take the records. */
const cappedRetries = 10

/** The retries of a mapping: as configured; without end (null) they are capped when there is a destination. */
export function retriesOf(configured: number | null, hasDestination: boolean): number | null {
  return configured ?? (hasDestination ? cappedRetries : null)
}

/** What follows from an attempt whose records `failed`, a part of its batch, never empty. Their order is kept. */
export function afterFailure(attempt: Attempt, failed: Batch, failure: Failure, policy: FailurePolicy): Consequence {
  if (failure === 'undelivered') return { next: [{ ...attempt, batch: failed }], exhausted: [] }
  const invocations = attempt.invocations + 1
  const isSplittable = failure === 'function-error' || policy.splitPartialFailures
  const isSplit = policy.bisect && isSplittable && recordCount(failed) > 1
  const failures = attempt.failures + (isSplit && !policy.splitCostsAttempt ? 0 : 1)
  if (policy.retries !== null && failures > policy.retries) return { next: [], exhausted: failed }
  const batches = isSplit ? halves(failed) : [failed]
  return { next: batches.map((batch) => ({ batch, failures, invocations })), exhausted: [] }
}

/** Parts the records that are older than the policy allows from the others. */
export function partByAge(
  batch: Batch,
  { maxRecordAgeMs }: FailurePolicy,
  now: number,
): { readonly fresh: Batch; readonly expired: Batch } {
  if (maxRecordAgeMs === null) return { fresh: batch, expired: [] }
  const pick = (expired: boolean) => select(batch, (_, { timestamp }) => now - timestamp > maxRecordAgeMs === expired)
  const expired = pick(true)
  return expired.length === 0 ? { fresh: batch, expired } : { fresh: pick(false), expired }
}

/** The records of a batch for which `wanted` holds; parts without any are left out. */
export function select(
  batch: Batch,
  wanted: (partition: number, record: Batch[number]['records'][number]) => boolean,
): Batch {
  return batch
    .map(({ partition, records }) => ({ partition, records: records.filter((record) => wanted(partition, record)) }))
    .filter(({ records }) => records.length > 0)
}

/** The first half takes the odd record; a partition may be in both, its earlier records in the first. */
function halves(batch: Batch): Batch[] {
  const middle = Math.ceil(recordCount(batch) / 2)
  const sides: [Batch[number][], Batch[number][]] = [[], []]
  let before = 0
  for (const { partition, records } of batch) {
    const cut = Math.max(0, Math.min(records.length, middle - before))
    before += records.length
    if (cut > 0) sides[0].push({ partition, records: records.slice(0, cut) })
    if (cut < records.length) sides[1].push({ partition, records: records.slice(cut) })
  }
  return sides
}
