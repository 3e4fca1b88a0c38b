/**
 * Reading what is new since the last run: a slice of time that some other paging pages through, with an overlap.
 */
import { createHash } from 'node:crypto'
import type { Cursor, PageRequest, Paging, SourceRequest } from './pipeline.ts'

/** Most values of the overlap that a cursor remembers; what is forgotten is published again, which changes no row. */
const mostKnown = 1_000

/** In a cursor: the slice that the first run reads. */
const everything = 'all'

/**
 * Paging that asks for values changed since the latest that earlier runs read, less `overlapMs` for those that the source
 * shows late. A value of the overlap that was read already, by id and time, is left out. The cursor's fields are `latest`
 * (ms), `known`, and within a slice `since` and those of `pages`. Times are the source's own: no clock of ours has a part in it.
 */
export function incremental<Answer, Item>({
  pages,
  since,
  time,
  id,
  overlapMs,
}: {
  /** Pages through a slice; its values must be items. */
  readonly pages: Paging<Answer>
  /** The query parameters that ask for a slice; null asks for everything. */
  readonly since: (ms: number | null) => SourceRequest['query']
  /** When an item changed, in ms; NaN for one that does not say. */
  readonly time: (item: Item) => number
  readonly id: (item: Item) => string
  readonly overlapMs: number
}): Paging<Answer> {
  const sliceOf = ({ cursor }: PageRequest): number | null => {
    if (cursor?.since !== undefined) return cursor.since === everything ? null : Number(cursor.since)
    return typeof cursor?.latest === 'number' ? cursor.latest - overlapMs : null
  }
  return {
    request(page) {
      const request = pages.request({ ...page, cursor: within(page.cursor) })
      return request.path === undefined ? { ...request, query: { ...since(sliceOf(page)), ...request.query } } : request
    },
    read(answer, page, response) {
      const read = pages.read(answer, { ...page, cursor: within(page.cursor) }, response)
      if (!read) return null
      const known = new Map(parseKnown(page.cursor?.known))
      const values: unknown[] = []
      let latest = Number(page.cursor?.latest ?? Number.NaN)
      for (const value of read.values) {
        const changed = time(value as Item)
        if (Number.isNaN(changed)) {
          values.push(value)
          continue
        }
        const name = nameOf(id(value as Item), changed)
        if (!known.has(name)) values.push(value)
        known.set(name, changed)
        latest = Number.isNaN(latest) ? changed : Math.max(latest, changed)
      }
      const state = { ...(Number.isNaN(latest) ? {} : { latest }), known: formatKnown(known, latest - overlapMs) }
      const ends = read.cursor === null || read.last === true
      const slice = sliceOf(page)
      return {
        values,
        known: read.values.length - values.length,
        cursor: ends ? state : { ...state, since: slice ?? everything, ...read.cursor },
        ...(ends ? { last: true } : {}),
      }
    },
  }
}

/** The cursor of the paging within a slice; null at its beginning. */
function within(cursor: Cursor | null): Cursor | null {
  const { since, latest, known, ...own } = cursor ?? {}
  return Object.keys(own).length === 0 ? null : own
}

/** 72 bits: a cursor holds no data, and no two of some thousand values share a name. */
function nameOf(id: string, time: number): string {
  return createHash('sha256').update(`${time} ${id}`).digest('base64url').slice(0, 12)
}

/** `name[12] time(base 36)`, with spaces between. */
function parseKnown(text: unknown): [name: string, time: number][] {
  if (typeof text !== 'string' || text === '') return []
  return text.split(' ').map((each) => [each.slice(0, 12), Number.parseInt(each.slice(12), 36)])
}

/** Those from `from` ms on, which the next slice shows again. */
function formatKnown(known: ReadonlyMap<string, number>, from: number): string {
  const kept = [...known].filter(([, time]) => !(time < from)).sort(([, a], [, b]) => a - b)
  return kept
    .slice(-mostKnown)
    .map(([name, time]) => name + Math.trunc(time).toString(36))
    .join(' ')
}
