import { describe, expect, test } from 'vitest'
import { incremental } from '../../../src/core/incremental.ts'
import { cursorInBody, linkHeader, offsetLimit, pageNumber } from '../../../src/core/pagination.ts'
import type { Cursor, PageRequest, Paging, SourceRequest } from '../../../src/core/pipeline.ts'

type Item = { id: string; at: number }
type Answer = { items: Item[] | null; next?: string | null; link?: string }
const values = ({ items }: Answer) => items

/** Reads all that a source has, from a cursor on: the requests, the values, and the cursor of the next run. */
function readAll(paging: Paging<Answer>, serve: (request: SourceRequest) => Answer, from: Cursor | null, limit = 100) {
  const requests: SourceRequest[] = []
  const read: unknown[] = []
  let cursor = from
  while (requests.length < 20) {
    const asked: PageRequest = { cursor, limit: limit - read.length, seed: null }
    const request = paging.request(asked)
    requests.push(request)
    const answer = serve(request)
    const response = {
      url: 'https://a.example/v1/x',
      header: (name: string) => (name === 'link' ? (answer.link ?? null) : null),
    }
    const page = paging.read(answer, asked, response)
    if (!page) throw new Error('the source cannot serve')
    read.push(...page.values)
    if (page.cursor) cursor = page.cursor
    if (page.cursor === null || page.last || page.values.length + (page.known ?? 0) === 0 || read.length >= limit) break
  }
  return { requests, read, cursor }
}

const items = Array.from({ length: 5 }, (_, index) => ({ id: `i${index}`, at: index }))
const ids = (read: unknown[]) => read.map((item) => (item as Item).id).join()

describe.each<[string, Paging<Answer>, (request: SourceRequest) => Answer, SourceRequest[], Cursor | null]>([
  [
    'page numbers',
    pageNumber({ parameter: 'page', first: 0, values, query: () => ({ size: 2 }) }),
    ({ query: { page } }) => ({ items: items.slice(Number(page) * 2, Number(page) * 2 + 2) }),
    [0, 1, 2, 3].map((page) => ({ query: { size: 2, page } })),
    { page: 3 },
  ],
  [
    'offset and limit',
    offsetLimit({ offset: 'skip', limit: 'take', most: 2, values }),
    ({ query: { skip, take } }) => ({ items: items.slice(Number(skip), Number(skip) + Number(take)) }),
    [0, 2, 4].map((skip) => ({ query: { skip, take: 2 } })),
    { skip: 5 },
  ],
  [
    'a cursor in the body',
    cursorInBody({ parameter: 'after', values, next: ({ next }) => next, query: () => ({ n: 3 }) }),
    ({ query: { after } }) => (after ? { items: items.slice(3), next: null } : { items: items.slice(0, 3), next: 'c' }),
    [{ query: { n: 3 } }, { query: { n: 3, after: 'c' } }],
    { after: 'c' },
  ],
  [
    'a Link header',
    linkHeader({ values, query: () => ({ n: 3 }) }),
    ({ path }) =>
      path
        ? { items: items.slice(3), link: '</v1/x?p=1>; rel="prev"' }
        : { items: items.slice(0, 3), link: '</v1/x?p=0>; rel=prev, <?p=2>; title="a, b>"; rel="last next"' },
    [{ query: { n: 3 } }, { query: {}, path: '/v1/x?p=2' }],
    { next: '/v1/x?p=2' },
  ],
])('%s', (_, paging, serve, requests, cursor) => {
  test('read all pages, and the next run goes on', () => {
    const all = readAll(paging, serve, null)
    expect([all.requests, ids(all.read), all.cursor]).toEqual([requests, 'i0,i1,i2,i3,i4', cursor])
    expect(JSON.parse(JSON.stringify(all.cursor))).toEqual(all.cursor)
  })

  test('an answer without values cannot serve now', () => {
    expect(() => readAll(paging, () => ({ items: null }), null)).toThrow('cannot serve')
  })
})

test('offset and limit asks for no more than the run wants', () => {
  const paging = offsetLimit<Answer>({ offset: 'o', limit: 'l', most: 50, values })
  expect(paging.request({ cursor: { o: 7 }, limit: 3, seed: null })).toEqual({ query: { o: 7, l: 3 } })
})

test.each([
  ['another origin, which the request refuses', '<https://b.example/x>; rel=next', { next: 'https://b.example/x' }],
  ['no next', '<?p=1>; rel=nextish, <?p=2>; title="rel=next"', null],
  ['nonsense', 'next', null],
])('a Link header with %s', (_, link, cursor) => {
  const response = { url: 'https://a.example/x', header: () => link }
  const page = linkHeader<Answer>({ values }).read({ items }, { cursor: null, limit: 9, seed: null }, response)
  expect(page?.cursor).toEqual(cursor)
})

describe('incremental', () => {
  const paging = incremental<Answer, Item>({
    pages: offsetLimit<Answer>({ offset: 'skip', limit: 'take', most: 2, values }),
    since: (ms) => (ms === null ? {} : { since: ms }),
    time: ({ at }) => at,
    id: ({ id }) => id,
    overlapMs: 10,
  })
  /** A source that holds items and shows those since a time. */
  const source = (held: Item[]) => (request: SourceRequest) => {
    const { since = Number.NEGATIVE_INFINITY, skip, take } = request.query
    const shown = held.filter(({ at }) => at >= Number(since))
    return { items: shown.slice(Number(skip), Number(skip) + Number(take)) }
  }
  const at = (...times: number[]) => times.map((time) => ({ id: `t${time}`, at: time }))

  test('the second run asks from the latest less the overlap, and leaves out what it knows', () => {
    const first = readAll(paging, source(at(100, 105, 110)), null)
    expect(ids(first.read)).toBe('t100,t105,t110')
    expect(first.requests[0]).toEqual({ query: { skip: 0, take: 2 } })
    const late = { id: 'late', at: 103 }
    const changed = { id: 't105', at: 120 }
    const second = readAll(paging, source([...at(100), late, ...at(105, 110), changed]), first.cursor)
    expect(second.requests[0]).toEqual({ query: { since: 100, skip: 0, take: 2 } })
    expect(second.read).toEqual([late, changed])
    expect(second.cursor).toMatchObject({ latest: 120 })
    expect(readAll(paging, source(at(110)), second.cursor).read).toEqual([])
  })

  test('the same id twice, within a page and across pages, is read once; a newer version of it again', () => {
    const twice = [...at(1, 1), ...at(2), { id: 't1', at: 3 }, ...at(2)]
    const { read } = readAll(paging, source(twice), null)
    expect(read).toEqual([...at(1, 2), { id: 't1', at: 3 }])
  })

  test('a run that ends within a slice is gone on with at the same slice, the very first one too', () => {
    const held = at(100, 101, 102, 103, 104)
    const first = readAll(paging, source(held), null, 2)
    expect(first.cursor).toMatchObject({ since: 'all', skip: 2, latest: 101 })
    const second = readAll(paging, source(held), first.cursor)
    expect(second.requests[0]).toEqual({ query: { skip: 2, take: 2 } })
    expect(ids(second.read)).toBe('t102,t103,t104')
    expect(Object.keys(second.cursor ?? {}).sort()).toEqual(['known', 'latest'])
  })

  test('times that go back move the cursor nowhere', () => {
    const first = readAll(paging, source(at(100)), null)
    const second = readAll(paging, () => ({ items: at(40) }), first.cursor)
    expect(ids(second.read)).toBe('t40')
    expect(second.cursor).toMatchObject({ latest: 100 })
  })

  test('an item without a time is read each time, and a source with nothing leaves the cursor as it was', () => {
    const first = readAll(paging, source(at(100)), null)
    expect(readAll(paging, () => ({ items: [{ id: 'x', at: Number.NaN }] }), first.cursor).read).toHaveLength(1)
    expect(readAll(paging, () => ({ items: [] }), first.cursor).cursor).toEqual(first.cursor)
  })

  test('the cursor holds no data, nor what lies before the overlap, and does not grow without end', () => {
    const held = Array.from({ length: 3_000 }, (_, index) => ({ id: 'anna@example.com', at: 100 + index / 1_000 }))
    const wide = { pages: pageNumber<Answer>({ parameter: 'p', first: 0, values }), overlapMs: 10 }
    const own = incremental<Answer, Item>({ ...wide, since: () => ({}), time: ({ at }) => at, id: ({ id }) => id })
    const all = readAll(own, ({ query }) => ({ items: query.p === 0 ? [{ id: 'old', at: 1 }, ...held] : [] }), null)
    expect(all.read).toHaveLength(3_001)
    expect(JSON.stringify(all.cursor)).not.toContain('anna')
    expect(JSON.stringify(all.cursor).length).toBeLessThan(30_000)
  })
})
