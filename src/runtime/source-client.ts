/**
 * Reads pages from a pipeline's source over HTTP.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { SluiceError } from '../core/errors.ts'
import type { PageRequest, Pipeline, SourcePage } from '../core/pipeline.ts'

const defaultTimeoutMs = 30_000

/** Reads one page. Fails with SOURCE_UNAVAILABLE, SOURCE_REFUSED or SOURCE_INVALID. */
export type SourceClient = (page: PageRequest) => Promise<SourcePage>

/** A client of the source; `url` stands in for the source's own where given, `timeoutMs` bounds each request. */
export function sourceClient(
  { name, source }: Pipeline,
  url: string | null = source.url,
  timeoutMs = defaultTimeoutMs,
): SourceClient {
  if (url === null) {
    throw new SluiceError(
      'ENVIRONMENT_INVALID',
      `environment variable SOURCE_URL is not set, and pipeline "${name}" has no URL of its own: deploy the function again`,
    )
  }
  return async (page) => {
    const { query, headers = {} } = source.request(page)
    const target = new URL(url)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value))
    const body = await getJson(target, headers, timeoutMs)
    const read = source.read(await checked(source.response, body, target), page)
    if (read) return read
    throw new SluiceError('SOURCE_UNAVAILABLE', `the source ${nameOf(target)} answered that it cannot serve now`)
  }
}

type Headers = Readonly<Record<string, string>>

async function getJson(target: URL, headers: Headers, timeoutMs: number): Promise<unknown> {
  const response = await get(target, headers, timeoutMs)
  if (!response.ok) {
    const passing = response.status === 429 || response.status >= 500
    await response.body?.cancel()
    throw new SluiceError(
      passing ? 'SOURCE_UNAVAILABLE' : 'SOURCE_REFUSED',
      `the source ${nameOf(target)} answered with status ${response.status}`,
    )
  }
  const text = await response.text().catch((cause) => {
    throw unavailable(target, timeoutMs, cause)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new SluiceError(
      'SOURCE_INVALID',
      `the source ${nameOf(target)} answered ${text.length} characters that are not JSON`,
    )
  }
}

async function get(target: URL, headers: Headers, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(target, {
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (cause) {
    throw unavailable(target, timeoutMs, cause)
  }
}

function unavailable(target: URL, timeoutMs: number, cause: unknown): SluiceError {
  const isLate = cause instanceof Error && cause.name === 'TimeoutError'
  const what = isLate ? `did not answer within ${timeoutMs} ms` : 'could not be reached, or broke off its answer'
  return new SluiceError('SOURCE_UNAVAILABLE', `the source ${nameOf(target)} ${what}`, { cause })
}

async function checked<T>(schema: StandardSchemaV1<unknown, T>, body: unknown, target: URL): Promise<T> {
  const result = await schema['~standard'].validate(body)
  if (!result.issues) return result.value
  const field = pathOf(result.issues[0]) || '(body)'
  throw new SluiceError('SOURCE_INVALID', `the answer of ${nameOf(target)} does not fit at "${field}"`)
}

/** The path of a Standard Schema issue, with dots; empty for the whole value. */
export function pathOf(issue: StandardSchemaV1.Issue | undefined): string {
  return (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

/** Origin and path: a query can hold what does not belong in a log. */
function nameOf(target: URL): string {
  return target.origin + target.pathname
}
