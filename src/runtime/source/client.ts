/**
 * Reads pages from a pipeline's source over HTTP.
 */
import type { LookupFunction } from 'node:net'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { pathText } from '../../core/drift.ts'
import { SluiceError } from '../../core/errors.ts'
import type { PageRequest, Pipeline, SourcePage, SourceRequest, SourceResponse } from '../../core/pipeline.ts'
import { type Attempt, attempts, type Clock, pace, retryAfterMs, systemClock } from './attempts.ts'
import { readJson, TooSlow } from './body.ts'
import { pathOf } from './fit.ts'
import { type ReadSecret, sourceHeaders } from './headers.ts'
import { type SourceLimits, sourceLimits } from './limits.ts'
import { pageGuard } from './page-guard.ts'
import { type Headers, nameOf, sender } from './request.ts'

/** Reads one page. Fails with SOURCE_UNAVAILABLE, SOURCE_REFUSED or SOURCE_INVALID. */
export type FetchPage = (page: PageRequest) => Promise<SourcePage>

/** Begins a run, which reads its source until `endsAt` (ms of `performance.now()`) at the latest. */
export type SourceClient = (endsAt: number) => FetchPage

/** What stands in for the source's own surroundings. */
export type SourceClientOptions = {
  /** Stands in for the source's URL; its origin may be of any scheme and address. */
  readonly standIn?: string | null
  readonly limits?: SourceLimits
  readonly clock?: Clock
  readonly readSecret?: ReadSecret
  readonly lookup?: LookupFunction
}

/** A client of the source of a pipeline, for all runs of a process. */
export function sourceClient({ name, source }: Pipeline, options: SourceClientOptions = {}): SourceClient {
  const { standIn = null, limits = sourceLimits, clock = systemClock } = options
  const place = standIn ?? source.url
  if (place === null) {
    throw new SluiceError(
      'ENVIRONMENT_INVALID',
      `environment variable SOURCE_URL is not set, and pipeline "${name}" has no URL of its own: deploy the function again`,
    )
  }
  const base = new URL(place)
  const send = sender({
    trusted: ({ origin }) => standIn !== null && origin === base.origin,
    redirects: limits.redirects,
    lookup: options.lookup,
  })
  const turn = pace(source.requestsPerSecond, clock)
  const secrets = sourceHeaders(source.headers, limits, clock.now, options.readSecret)

  /** One request; `renew` says whether it may be sent again, in the time that is left, with secrets read anew. */
  const ask = async (url: URL, own: Headers, timeMs: number, renew: () => boolean): Promise<Attempt<Answer>> => {
    await turn()
    const began = clock.now()
    const signal = AbortSignal.timeout(Math.ceil(timeMs))
    try {
      const response = await send(url, { ...own, ...(await secrets.current()) }, signal)
      const { statusCode = 0, headers } = response
      if (statusCode >= 200 && statusCode < 300) {
        const header = (name: string) => [headers[name] ?? []].flat().join(', ') || null
        return { result: { body: await readJson(response, nameOf(url), limits), header } }
      }
      response.destroy()
      const leftMs = timeMs - (clock.now() - began)
      if ((statusCode === 401 || statusCode === 403) && leftMs > 0 && renew()) {
        return await ask(url, own, leftMs, () => false)
      }
      return { failure: statusError(url, statusCode), retryAfterMs: retryAfterMs(headers['retry-after'], headers.date) }
    } catch (error) {
      return { failure: sourceError(error, url, signal.aborted ? timeMs : null), retryAfterMs: null }
    }
  }

  return (endsAt) => {
    const expectAdvance = pageGuard(nameOf(base), limits.pagesPerRun)
    return async (page) => {
      const { query, headers = {}, path } = source.request(page)
      const url = pageUrl(base, query, path)
      let renewed = false
      const renew = () => {
        if (renewed) return false
        renewed = true
        return secrets.renew()
      }
      const { body, header } = await attempts((timeMs) => ask(url, headers, timeMs, renew), endsAt, limits, clock)
      const read = source.read(await checked(source.response, body, url), page, { url: url.href, header })
      if (!read) {
        throw new SluiceError('SOURCE_UNAVAILABLE', `the source ${nameOf(url)} answered that it cannot serve now`)
      }
      expectAdvance(page, read)
      return read
    }
  }
}

type Answer = { readonly body: unknown; readonly header: SourceResponse['header'] }

/** The URL of a page: the pipeline's own, or the path that a link named, which must not lead to another origin. */
function pageUrl(base: URL, query: SourceRequest['query'], path: string | undefined): URL {
  const url = path === undefined ? new URL(base) : URL.canParse(path, base.href) ? new URL(path, base) : null
  if (url?.origin !== base.origin) {
    const place = url ? `at ${url.origin}` : 'that is no URL'
    throw new SluiceError(
      'SOURCE_INVALID',
      `the source ${nameOf(base)} named a next page ${place}, not at its own origin`,
    )
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url
}

/** What a status says: passing with 408, 429 and those from 500 but 501, which no later request changes. */
function statusError(url: URL, status: number): SluiceError {
  const passing = status === 408 || status === 429 || (status >= 500 && status !== 501)
  const code = passing ? 'SOURCE_UNAVAILABLE' : 'SOURCE_REFUSED'
  return new SluiceError(code, `the source ${nameOf(url)} answered with status ${status}`)
}

/** A failure of the request or its answer as one of ours; `timeMs` where its time was up. */
function sourceError(error: unknown, url: URL, timeMs: number | null): SluiceError {
  if (error instanceof SluiceError) return error
  const unavailable = (what: string) =>
    new SluiceError('SOURCE_UNAVAILABLE', `the source ${nameOf(url)} ${what}`, { cause: error })
  if (timeMs !== null) return unavailable(`did not answer within ${Math.ceil(timeMs)} ms`)
  if (error instanceof TooSlow) return unavailable(`answered too slowly: ${error.message}`)
  // The code only, as ENOTFOUND: a message can quote a query.
  const { code } = error as NodeJS.ErrnoException
  return unavailable(`could not be reached, or broke off its answer${code ? ` (${code})` : ''}`)
}

async function checked<T>(schema: StandardSchemaV1<unknown, T>, body: unknown, url: URL): Promise<T> {
  const result = await schema['~standard'].validate(body)
  if (!result.issues) return result.value
  const field = pathText(pathOf(result.issues[0])) || '(body)'
  throw new SluiceError('SOURCE_INVALID', `the answer of ${nameOf(url)} does not fit at "${field}"`)
}
