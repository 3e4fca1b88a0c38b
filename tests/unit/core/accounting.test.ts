import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Attempt,
  accountOf,
  type Fate,
  fateOf,
  idsByValue,
  type RecordEvidence,
  type RunEvidence,
  type WrittenEvidence,
} from '../../../src/core/accounting.ts'

const record: RecordEvidence = {
  ...{ expired: false, deadLettered: false, committed: false, filtered: false },
  ...{ outputs: [], outputsExpired: false },
}
const output: WrittenEvidence = {
  rowsPresent: false,
  rowless: false,
  deadLettered: false,
  committed: false,
  expired: false,
}

describe('the fate of a record', () => {
  test.each<[string, Partial<RecordEvidence>, Fate]>([
    ['nothing is known', {}, 'pending'],
    ['a dead letter names it', { deadLettered: true }, 'deadLettered'],
    [
      'a dead letter names it, and what was made of it is on its way',
      { deadLettered: true, outputs: [output] },
      'pending',
    ],
    [
      'a dead letter names it, and what was made of it is written',
      { deadLettered: true, outputs: [{ ...output, committed: true, rowsPresent: true }] },
      'written',
    ],
    ['the process stage gives null and is past it', { committed: true, filtered: true }, 'filtered'],
    ['the process stage gives null but is not past it', { filtered: true }, 'pending'],
    ['the process stage is past it and left nothing', { committed: true }, 'unaccounted'],
    ['what was made from it may have been removed', { committed: true, outputsExpired: true }, 'expired'],
    ['retention removed it before anything was seen', { expired: true }, 'expired'],
    ['retention removed it, and the process stage is past it', { expired: true, committed: true }, 'expired'],
    [
      'retention removed it, but what was made from it is written',
      { expired: true, outputs: [{ ...output, committed: true, rowsPresent: true }] },
      'written',
    ],
  ])('%s', (_, evidence, fate) => {
    expect(fateOf({ ...record, ...evidence })).toBe(fate)
  })
})

describe('the fate of what was made from it', () => {
  test.each<[string, Partial<WrittenEvidence>, Fate]>([
    ['its rows are there, but the writer has not committed it', { rowsPresent: true }, 'pending'],
    ['its rows are there', { rowsPresent: true, committed: true }, 'written'],
    ['the writer has not come to it', {}, 'pending'],
    ['the writer is past it and its rows are not there', { committed: true }, 'unaccounted'],
    ['its rows are past their time to live', { committed: true, expired: true }, 'expired'],
    ['its time to live is over before it was written', { expired: true }, 'pending'],
    ['a dead letter names it', { deadLettered: true, committed: true }, 'deadLettered'],
    ['it becomes no row', { rowless: true, rowsPresent: true, committed: true }, 'filtered'],
    ['it becomes no row, but the writer is not past it', { rowless: true, rowsPresent: true }, 'pending'],
  ])('%s', (_, evidence, fate) => {
    expect(fateOf({ ...record, committed: true, outputs: [{ ...output, ...evidence }] })).toBe(fate)
  })

  test('one settled copy settles a record that was made twice', () => {
    const lost = { ...output, committed: true }
    const late = { ...output, committed: true, rowsPresent: true }
    expect(fateOf({ ...record, outputs: [lost, late] })).toBe('written')
    expect(fateOf({ ...record, outputs: [lost, output] })).toBe('pending')
    expect(fateOf({ ...record, outputs: [lost, lost] })).toBe('unaccounted')
  })
})

/** An attempt that fetched these ids, and a run that has it alone. */
const attempt = (number: number, recordIds: readonly string[], isSuperseded = false): Attempt => ({
  name: `${number}-a`,
  recordIds,
  isSuperseded,
})
const none: RunEvidence = { hasEnded: true, attempts: [], publishedIds: [], published: [], deadLettered: [] }

describe('the account of a run', () => {
  test('sums up what the ledger and the fates say', () => {
    const run: RunEvidence = {
      ...none,
      attempts: [attempt(1, ['a', 'b', 'c', 'd', 'd', 'e', 'value-6'])],
      publishedIds: ['a', 'b', 'c', 'd', 'd'],
      published: [0, 1, 2, 3, 4].map((number) => `1-a/${number}`),
      deadLettered: ['1-a/6'],
    }
    const fates: Fate[] = ['written', 'written', 'filtered', 'deadLettered', 'pending']
    const account = {
      fetched: 7,
      published: 5,
      duplicates: 1,
      written: 2,
      filtered: 1,
      deadLettered: 2,
      pending: 1,
      expired: 0,
      unaccounted: 1,
    }
    expect(accountOf(run, fates)).toEqual(account)
    expect(accountOf({ ...run, hasEnded: false }, fates)).toEqual({ ...account, pending: 2, unaccounted: 0 })
  })

  test('a dead letter that two attempts or two deliveries left counts once', () => {
    const attempts = [attempt(1, ['value-0']), attempt(2, ['value-0'])]
    const account = accountOf({ ...none, attempts, deadLettered: ['1-a/0', '2-a/0', '2-a/0'] }, [])
    expect(account).toMatchObject({ fetched: 1, deadLettered: 1, unaccounted: 0 })
  })

  test('an attempt that succeeded stands for those before it', () => {
    const attempts = [attempt(1, ['gone', 'a'], true), attempt(2, ['a'])]
    const run = { ...none, attempts, publishedIds: ['a', 'a'], published: ['1-a/1', '2-a/0'] }
    expect(accountOf(run, ['written', 'written'])).toMatchObject({ fetched: 1, duplicates: 1, unaccounted: 0 })
  })

  test('of the same id twice in an attempt, a copy of the first does not stand for the second', () => {
    const attempts = [attempt(1, ['a', 'a']), attempt(2, ['a', 'a'])]
    const run = { ...none, attempts, publishedIds: ['a', 'a', 'a'], published: ['1-a/0', '1-a/0', '2-a/0'] }
    expect(accountOf(run, ['written', 'written', 'written'])).toMatchObject({ fetched: 2, unaccounted: 1 })
  })

  /** What attempts do to a source of values: each fetches some of the first, places some of what it fetched, some twice. */
  const tries = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 12 }).chain((source) => {
    const one = fc.nat(source.length).chain((fetched) =>
      fc.record({
        fetched: fc.constant(fetched),
        placed: fc.array(
          fc.record({ number: fc.nat(Math.max(0, fetched - 1)), copies: fc.integer({ min: 1, max: 3 }) }),
          { maxLength: fetched },
        ),
      }),
    )
    return fc.record({ source: fc.constant(source), attempts: fc.array(one, { minLength: 1, maxLength: 4 }) })
  })

  test('a run whose attempts all fail owes exactly the values that none of them published or gave up', () => {
    fc.assert(
      fc.property(tries, fc.func(fc.boolean()), ({ source, attempts }, isBad) => {
        const idOf = (number: number) => (isBad(number) ? `value-${number}` : (source[number] ?? ''))
        const names = (bad: boolean) =>
          attempts.flatMap(({ placed }, index) =>
            placed.flatMap(({ number, copies }) =>
              isBad(number) === bad ? Array<string>(copies).fill(`${index + 1}-a/${number}`) : [],
            ),
          )
        const published = names(false)
        const run: RunEvidence = {
          hasEnded: true,
          attempts: attempts.map(({ fetched }, index) =>
            attempt(
              index + 1,
              Array.from({ length: fetched }, (_, number) => idOf(number)),
            ),
          ),
          publishedIds: published.map((name) => idOf(Number(name.split('/')[1]))),
          published,
          deadLettered: names(true),
        }
        const fetched = Math.max(...attempts.map((each) => each.fetched))
        const placed = new Set(attempts.flatMap((each) => each.placed.map(({ number }) => number)))
        const account = accountOf(
          run,
          published.map(() => 'written'),
        )
        expect(account).toMatchObject({
          fetched,
          published: published.length,
          written: published.length,
          pending: 0,
          unaccounted: fetched - placed.size,
          deadLettered: [...placed].filter((number) => isBad(number)).length,
        })
        expect(account.published - account.duplicates).toBe(new Set(run.publishedIds).size)
      }),
    )
  })

  test('of a run of one attempt, each fetched value is in exactly one figure', () => {
    const fate = fc.constantFrom<Fate[]>('written', 'filtered', 'deadLettered', 'pending', 'expired', 'unaccounted')
    const fates = fc.array(fate, { maxLength: 30 })
    fc.assert(
      fc.property(fates, fc.nat(20), fc.nat(20), fc.boolean(), (given, bad, unplaced, hasEnded) => {
        const recordIds = Array.from({ length: given.length + bad + unplaced }, (_, number) => `id-${number % 7}`)
        const name = (number: number) => `1-a/${number}`
        const run: RunEvidence = {
          hasEnded,
          attempts: [attempt(1, recordIds)],
          publishedIds: recordIds.slice(0, given.length),
          published: given.map((_, number) => name(number)),
          deadLettered: Array.from({ length: bad }, (_, index) => name(given.length + index)),
        }
        const { fetched, written, filtered, deadLettered, pending, expired, unaccounted } = accountOf(run, given)
        expect(fetched).toBe(recordIds.length)
        expect(written + filtered + deadLettered + pending + expired + unaccounted).toBe(fetched)
      }),
    )
  })
})

test('a fetched value is known by attempt and number, whatever else has its id', () => {
  const attempts: Attempt[] = [
    { name: '1-a', recordIds: ['x', 'y'], isSuperseded: true },
    { name: '2-b', recordIds: ['x'], isSuperseded: false },
  ]
  expect([...idsByValue(attempts)]).toEqual([
    ['1-a/0', 'x'],
    ['1-a/1', 'y'],
    ['2-b/0', 'x'],
  ])
})
