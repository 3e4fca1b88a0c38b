/**
 * The typed client of the console's API: what pages and tests ask with.
 */
import { hc } from 'hono/client'
import type { ConsoleApi } from './server/app.ts'
import type { Failure } from './server/failure.ts'

/** A request that was answered with a failure. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  readonly status: number
  readonly code: string

  constructor(status: number, { code, message }: Failure) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A client. */
export type ConsoleClient = ReturnType<typeof hc<ConsoleApi>>

/**
 * A client of the server at `base`, as `http://127.0.0.1:8080` or empty for a page's own. It carries the token of changes,
 * and fetches it anew after the server was started again.
 */
export function consoleClient(base: string, ask: typeof fetch = fetch): ConsoleClient {
  let token: Promise<string> | null = null
  const fetchToken = async () => {
    const answer = await ask(`${base}/api/session`)
    return ((await answer.json()) as { token: string }).token
  }
  const changing: typeof fetch = async (input, init) => {
    const send = async () => {
      token ??= fetchToken()
      token.catch(() => {
        token = null
      })
      const headers = new Headers(init?.headers)
      headers.set('x-sluice-token', await token)
      return ask(input, { ...init, headers })
    }
    if ((init?.method ?? 'GET') === 'GET') return ask(input, init)
    const answer = await send()
    if (answer.status !== 403) return answer
    token = null
    return send()
  }
  return hc<ConsoleApi>(`${base}/api`, { fetch: changing })
}

/** The JSON of an answer. Fails with {@link RequestFailed}. */
export async function answered<T>(
  asked: Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<T> }>,
): Promise<T> {
  const answer = await asked
  if (answer.ok) return answer.json()
  const failure = await answer
    .json()
    .catch(() => ({ code: 'FAILED', message: `the console answered ${answer.status}` }))
  throw new RequestFailed(answer.status, failure as unknown as Failure)
}
