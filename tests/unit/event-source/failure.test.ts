import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, recordCount } from '../../../src/event-source/event.ts'
import {
  type Attempt,
  afterFailure,
  type Failure,
  type FailurePolicy,
  partByAge,
  retriesOf,
} from '../../../src/event-source/failure.ts'

const writeTo = () => {}
const part = (partition: number, offsets: readonly number[], timestamp = 0) => ({
  partition,
  records: offsets.map((offset) => ({ offset, timestamp, bytes: 0, writeTo, key: null, refused: null })),
})
const policy: FailurePolicy = {
  retries: null,
  maxRecordAgeMs: null,
  bisect: false,
  splitCostsAttempt: false,
  splitPartialFailures: false,
}
const first = (batch: Batch): Attempt => ({ batch, failures: 0, invocations: 0 })
const offsets = (batch: Batch) => batch.map(({ partition, records }) => [partition, ...records.map((r) => r.offset)])

describe('a failure', () => {
  const batch = [part(0, [1, 2]), part(1, [7])]

  test('repeats the batch and counts', () => {
    const { next, exhausted } = afterFailure(first(batch), batch, 'function-error', policy)
    expect(next).toEqual([{ batch, failures: 1, invocations: 1 }])
    expect(exhausted).toEqual([])
  })

  test('of the way to the function does not count', () => {
    const { next } = afterFailure(first(batch), batch, 'undelivered', { ...policy, retries: 0 })
    expect(next).toEqual([first(batch)])
  })

  test('of some records repeats those alone, and gives those alone up in the end', () => {
    const failed = [part(0, [2])]
    const one = afterFailure(first(batch), failed, 'partial', { ...policy, retries: 1, bisect: true })
    expect(one).toEqual({ next: [{ batch: failed, failures: 1, invocations: 1 }], exhausted: [] })
    const two = afterFailure(one.next[0] as Attempt, failed, 'partial', { ...policy, retries: 1 })
    expect(two).toEqual({ next: [], exhausted: failed })
  })

  test('is the last when no retry is allowed', () => {
    expect(afterFailure(first(batch), batch, 'function-error', { ...policy, retries: 0 }).exhausted).toEqual(batch)
  })
})

describe('splitting', () => {
  const split = (batch: Batch, change: Partial<FailurePolicy> = {}) =>
    afterFailure(first(batch), batch, 'function-error', { ...policy, bisect: true, ...change })

  test('makes halves in order, and may cut a partition', () => {
    const { next } = split([part(0, [1]), part(1, [4, 5, 9, 10])])
    expect(next.map(({ batch }) => offsets(batch))).toEqual([
      [
        [0, 1],
        [1, 4, 5],
      ],
      [[1, 9, 10]],
    ])
  })

  test('costs no attempt, unless the setting says so', () => {
    const batch = [part(0, [1, 2])]
    expect(split(batch, { retries: 0 }).next).toMatchObject([{ failures: 0 }, { failures: 0 }])
    expect(split(batch, { retries: 1, splitCostsAttempt: true }).next).toMatchObject([{ failures: 1 }, { failures: 1 }])
    expect(split(batch, { retries: 0, splitCostsAttempt: true }).exhausted).toEqual(batch)
  })

  test('leaves partial failures together, unless the setting says so', () => {
    const batch = [part(0, [1, 2])]
    const halves = (splitPartialFailures: boolean) =>
      afterFailure(first(batch), batch, 'partial', { ...policy, bisect: true, splitPartialFailures }).next.length
    expect([halves(false), halves(true)]).toEqual([1, 2])
  })

  test('ends at single records, which are retried', () => {
    const batch = [part(0, [1])]
    expect(split(batch, { retries: 1 }).next).toEqual([{ batch, failures: 1, invocations: 1 }])
  })
})

test('retries without end are capped where a destination takes what is given up', () => {
  expect([retriesOf(null, false), retriesOf(null, true), retriesOf(3, true), retriesOf(50, true)]).toEqual([
    null,
    10,
    3,
    50,
  ])
})

test('records that are too old are parted from the others', () => {
  const batch = [
    { partition: 0, records: [...part(0, [1], 1_000).records, ...part(0, [2], 40_000).records] },
    part(1, [3], 39_999),
  ]
  const { fresh, expired } = partByAge(batch, { ...policy, maxRecordAgeMs: 60_000 }, 100_000)
  expect(offsets(fresh)).toEqual([[0, 2]])
  expect(offsets(expired)).toEqual([
    [0, 1],
    [1, 3],
  ])
  expect(partByAge(batch, policy, 1e15)).toEqual({ fresh: batch, expired: [] })
})

test('whatever fails, each record ends once, in order, within the attempts that are allowed', () => {
  const anyPolicy = fc.record({
    retries: fc.integer({ min: 0, max: 4 }),
    bisect: fc.boolean(),
    splitCostsAttempt: fc.boolean(),
    splitPartialFailures: fc.boolean(),
    maxRecordAgeMs: fc.constant(null),
  })
  const anyBatch = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
  const anyScript = fc.array(fc.constantFrom('success', 'function-error', 'partial', 'undelivered'), { maxLength: 60 })
  fc.assert(
    fc.property(anyBatch, anyPolicy, anyScript, fc.nat(), (sizes, given, script, pick) => {
      const batch = sizes.map((size, partition) =>
        part(
          partition,
          Array.from({ length: size }, (_, n) => n),
        ),
      )
      const ended: string[] = []
      const seen = new Map<string, number>()
      let open: readonly Attempt[] = [first(batch)]
      for (let step = 0; open.length > 0; step += 1) {
        const [attempt, ...rest] = open as [Attempt, ...Attempt[]]
        const outcome = script[step] ?? 'function-error'
        const keys = attempt.batch.flatMap(({ partition, records }) => records.map((r) => `${partition}:${r.offset}`))
        if (outcome !== 'undelivered') for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1)
        const isFailed = (index: number) => outcome !== 'success' && (outcome !== 'partial' || (pick + index) % 3 === 0)
        const failedKeys = new Set(keys.filter((_, index) => isFailed(index)))
        const failed = attempt.batch
          .map(({ partition, records }) => ({
            partition,
            records: records.filter((r) => failedKeys.has(`${partition}:${r.offset}`)),
          }))
          .filter(({ records }) => records.length > 0)
        ended.push(...keys.filter((key) => !failedKeys.has(key)))
        open = rest
        if (failed.length === 0) continue
        const { next, exhausted } = afterFailure(attempt, failed, outcome as Failure, given)
        ended.push(...exhausted.flatMap(({ partition, records }) => records.map((r) => `${partition}:${r.offset}`)))
        expect(recordCount(exhausted) + next.reduce((sum, each) => sum + recordCount(each.batch), 0)).toBe(
          recordCount(failed),
        )
        open = [...next, ...rest]
        for (const partition of sizes.keys()) {
          const order = open.flatMap(({ batch: each }) =>
            each.filter((p) => p.partition === partition).flatMap(({ records }) => records.map((r) => r.offset)),
          )
          expect(order).toEqual(order.toSorted((a, b) => a - b))
        }
      }
      expect(ended.toSorted()).toEqual([...seen.keys()].toSorted())
      expect(new Set(ended).size).toBe(ended.length)
      // Each failure either counts or halves a batch of at most 36 records.
      for (const times of seen.values()) expect(times).toBeLessThanOrEqual(given.retries + 1 + 6)
    }),
  )
})
