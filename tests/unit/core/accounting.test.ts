import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accountOf,
  type Fate,
  fateOf,
  type RecordEvidence,
  type WrittenEvidence,
} from '../../../src/core/accounting.ts'

const record: RecordEvidence = { expired: false, deadLettered: false, committed: false, filtered: false, outputs: [] }
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

describe('the account of a run', () => {
  test('sums up what the ledger and the fates say', () => {
    const ledger = { fetched: 7, publishedIds: ['a', 'b', 'c', 'd', 'd'], deadLetters: 1 }
    expect(accountOf(ledger, ['written', 'written', 'filtered', 'deadLettered', 'pending'])).toEqual({
      fetched: 7,
      published: 5,
      duplicates: 1,
      written: 2,
      filtered: 1,
      deadLettered: 2,
      pending: 1,
      expired: 0,
      unaccounted: 1,
    })
  })

  test('each fetched value is in exactly one figure', () => {
    const fate = fc.constantFrom<Fate[]>('written', 'filtered', 'deadLettered', 'pending', 'expired', 'unaccounted')
    const fates = fc.array(fate, { maxLength: 30 })
    fc.assert(
      fc.property(fates, fc.nat(20), fc.nat(20), fc.nat(5), (given, deadLetters, unplaced, ids) => {
        const publishedIds = given.map((_, index) => `id-${index % (ids + 1)}`)
        const fetched = given.length + deadLetters + unplaced
        const account = accountOf({ fetched, publishedIds, deadLetters }, given)
        const { written, filtered, deadLettered, pending, expired, unaccounted } = account
        expect(written + filtered + deadLettered + pending + expired + unaccounted).toBe(fetched)
        expect(account.published + deadLetters + unplaced).toBe(fetched)
        expect(account.published - account.duplicates).toBe(new Set(publishedIds).size)
      }),
    )
  })

  test('a run that published more than it fetched, as one that was done again, owes nothing', () => {
    const account = accountOf({ fetched: 1, publishedIds: ['a', 'a'], deadLetters: 0 }, ['written', 'written'])
    expect(account).toMatchObject({ written: 2, duplicates: 1, unaccounted: 0 })
  })
})
