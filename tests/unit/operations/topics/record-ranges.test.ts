import { describe, expect, test } from 'vitest'
import type { Clients } from '../../../../src/operations/clients.ts'
import {
  type PageFrom,
  type PageRequest,
  readPage,
  readRanges,
} from '../../../../src/operations/topics/record-ranges.ts'
import { memoryKafka } from '../../../fixtures/memory-kafka.ts'

/** Records of partition 0 at even, those of partition 1 at odd times; the first three of partition 0 are gone. */
const held = (start: number, first: number, count: number) => ({
  start,
  records: Array.from({ length: count }, (_, index) => ({ at: first + 2 * index, value: `v${first + 2 * index}` })),
})
const clients = memoryKafka({ t: [held(3, 0, 5), held(0, 1, 5)], empty: [held(7, 0, 0)] }) as Clients

const request = { partition: null, limit: 4, matches: () => true }
const page = (from: PageFrom, changes: Partial<PageRequest> = {}) =>
  readPage('t', { ...request, from, ...changes }, clients)
const times = ({ records }: { readonly records: readonly { readonly timestamp: number }[] }) =>
  records.map(({ timestamp }) => timestamp)

describe('a page', () => {
  test('goes backwards from the newest, and on to the oldest', async () => {
    const seen: number[][] = []
    let from: PageFrom | null = { at: 'newest' }
    while (from) {
      const found: Awaited<ReturnType<typeof page>> = await page(from)
      seen.push(times(found))
      from = found.next && { at: 'before', offsets: found.next }
    }
    expect(seen).toEqual([
      [9, 8, 7, 6],
      [5, 4, 3, 2],
      [1, 0],
    ])
  })

  test('goes forwards from the oldest, and on to the newest', async () => {
    const first = await page({ at: 'oldest' })
    expect([first.direction, times(first)]).toEqual(['forwards', [0, 1, 2, 3]])
    const rest = await page({ at: 'after', offsets: first.next ?? new Map() }, { limit: 10 })
    expect([times(rest), rest.next]).toEqual([[4, 5, 6, 7, 8, 9], null])
  })

  test('begins at an offset, within what is held, or at a time', async () => {
    expect(times(await page({ at: 'offset', offset: 6 }, { partition: 0 }))).toEqual([6, 8])
    expect(times(await page({ at: 'offset', offset: 0 }, { partition: 0, limit: 1 }))).toEqual([0])
    expect(times(await page({ at: 'offset', offset: 99 }, { partition: 0 }))).toEqual([])
    expect(times(await page({ at: 'time', timestamp: 5 }))).toEqual([5, 6, 7, 8])
  })

  test('holds what matches, and counts what it looked at', async () => {
    const found = await page({ at: 'newest' }, { matches: ({ timestamp }) => timestamp % 5 === 0 })
    expect([times(found), found.scanned, found.next]).toEqual([[5, 0], 10, null])
  })

  test('of an empty topic is empty', async () => {
    const found = await readPage('empty', { ...request, from: { at: 'newest' } }, clients)
    expect(found).toEqual({ records: [], direction: 'backwards', scanned: 0, next: null })
  })
})

describe('ranges', () => {
  test('begin with their first record and end before their last', async () => {
    const ranges = new Map([
      [0, { from: 4, to: 6 }],
      [1, { from: 2, to: 2 }],
    ])
    expect((await readRanges('t', ranges, clients, Date.now() + 5_000)).map(({ offset }) => offset)).toEqual([4, 5])
  })

  test('that do not come by the deadline are left out', async () => {
    const ranges = new Map([[0, { from: 7, to: 20 }]])
    expect(times({ records: await readRanges('t', ranges, clients, Date.now() + 50) })).toEqual([8])
  })
})
