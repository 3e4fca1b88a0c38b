/**
 * How APIs are paged: each function makes the `request` and `read` of a source. A pipeline spreads one into its source.
 * Not for what earlier runs read already: see incremental.ts.
 */
import type { PageRequest, Paging, SourceRequest } from './pipeline.ts'

/** What every kind of paging is told. */
type Pages<Answer> = {
  /** The values of an answer; null when it says that the source cannot serve now. */
  readonly values: (answer: Answer) => readonly unknown[] | null
  /** Query parameters beside those of the paging itself: page size, filters, order. */
  readonly query?: (page: PageRequest) => SourceRequest['query']
}

/** Pages by number, from `first` on; the page size in `query` must be the same for all. An empty page is the last. */
export function pageNumber<Answer>({
  parameter,
  first,
  values,
  query = noQuery,
}: Pages<Answer> & { readonly parameter: string; readonly first: 0 | 1 }): Paging<Answer> {
  const numberOf = ({ cursor }: PageRequest) => Number(cursor?.[parameter] ?? first)
  return {
    request: (page) => ({ query: { ...query(page), [parameter]: numberOf(page) } }),
    read: (answer, page) => {
      const found = values(answer)
      return found && { values: found, cursor: found.length === 0 ? null : { [parameter]: numberOf(page) + 1 } }
    },
  }
}

/** Pages by the number of values before them. A page with fewer values than were asked for, `most` or the run's limit, is the last. */
export function offsetLimit<Answer>({
  offset,
  limit,
  most,
  values,
  query = noQuery,
}: Pages<Answer> & {
  /** Names of the two parameters. */
  readonly offset: string
  readonly limit: string
  readonly most: number
}): Paging<Answer> {
  const offsetOf = ({ cursor }: PageRequest) => Number(cursor?.[offset] ?? 0)
  const asked = (page: PageRequest) => Math.min(page.limit, most)
  return {
    request: (page) => ({ query: { ...query(page), [offset]: offsetOf(page), [limit]: asked(page) } }),
    read: (answer, page) => {
      const found = values(answer)
      if (!found) return null
      const next = { values: found, cursor: found.length === 0 ? null : { [offset]: offsetOf(page) + found.length } }
      return found.length < asked(page) && next.cursor ? { ...next, last: true } : next
    },
  }
}

/** Pages whose answer holds what the next request sends as `parameter`; null, undefined or nothing after the last. */
export function cursorInBody<Answer>({
  parameter,
  next,
  values,
  query = noQuery,
}: Pages<Answer> & {
  readonly parameter: string
  readonly next: (answer: Answer) => string | number | null | undefined
}): Paging<Answer> {
  return {
    request: (page) => ({ query: { ...query(page), ...pick(page, parameter) } }),
    read: (answer) => {
      const found = values(answer)
      const cursor = found && (next(answer) ?? '')
      return found && { values: found, cursor: cursor === '' || cursor === null ? null : { [parameter]: cursor } }
    },
  }
}

/** Pages that name the next one in the header `Link` (RFC 8288, `rel="next"`). It has to be at the source's own origin. */
export function linkHeader<Answer>({ values, query = noQuery }: Pages<Answer>): Paging<Answer> {
  return {
    request: (page) => {
      const next = page.cursor?.next
      return next === undefined ? { query: query(page) } : { query: {}, path: String(next) }
    },
    read: (answer, _, { url, header }) => {
      const found = values(answer)
      const next = found && nextLink(header('link') ?? '', url)
      return found && { values: found, cursor: next === null ? null : { next } }
    },
  }
}

const noQuery = () => ({})

function pick({ cursor }: PageRequest, name: string): SourceRequest['query'] {
  const value = cursor?.[name]
  return value === undefined ? {} : { [name]: value }
}

/** `"<" target ">" *( ";" name [ "=" ( token / quoted ) ] )`, several with commas between. */
const link = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g
const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i

/** Path and query of the link with relation `next`, or the whole of one at another origin, which the request then refuses. */
function nextLink(header: string, base: string): string | null {
  for (const [, target = '', parameters = ''] of header.matchAll(link)) {
    const [, quoted, token] = relation.exec(parameters) ?? []
    if (!(quoted ?? token ?? '').toLowerCase().split(/\s+/).includes('next')) continue
    if (!URL.canParse(target, base)) return target
    const url = new URL(target, base)
    return url.origin === new URL(base).origin ? url.pathname + url.search : url.href
  }
  return null
}
