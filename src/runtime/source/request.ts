/**
 * Sends one request and follows its redirects: to public addresses by https, or to the place that a deployment names.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { SluiceError } from '../../core/errors.ts'
import { expectPublic, publicLookup } from './addresses.ts'
import { acceptEncoding } from './body.ts'

/** Header values by name. */
export type Headers = Readonly<Record<string, string>>

/** Sends a GET and gives the answer that is no redirect. Fails with SOURCE_REFUSED, SOURCE_INVALID or the connection's error. */
export type Send = (url: URL, headers: Headers, signal: AbortSignal) => Promise<IncomingMessage>

/** What sending needs. */
export type SendOptions = {
  /** Whether a URL is at a place that a deployment names, of any scheme and address. */
  readonly trusted: (url: URL) => boolean
  readonly redirects: number
  /** Resolves names, as `dns.lookup` does unless given. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * Sends requests over connections that are kept. The pipeline's headers go to the origin of the first URL only, and
 * to nothing behind another one; every
 * address is checked when its connection is made, and the connection goes to that address.
 */
export function sender({ trusted, redirects, lookup }: SendOptions): Send {
  const http = new HttpAgent({ keepAlive: true })
  const https = new HttpsAgent({ keepAlive: true })
  const checked = publicLookup(lookup)

  const get = (url: URL, headers: Headers, signal: AbortSignal): Promise<IncomingMessage> => {
    const isTrusted = trusted(url)
    if (!isTrusted) expectPublic(url)
    const common = {
      headers: { accept: 'application/json', 'accept-encoding': acceptEncoding, ...headers },
      signal,
      ...(isTrusted ? {} : { lookup: checked }),
    }
    return new Promise((resolve, reject) => {
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...common, agent: https })
          : httpRequest(url, { ...common, agent: http })
      request.once('response', resolve).once('error', reject).end()
    })
  }

  return async (first, headers, signal) => {
    let url = first
    let sent = headers
    for (let count = 0; count <= redirects; count++) {
      const response = await get(url, sent, signal)
      if (!isRedirect(response)) return response
      response.destroy()
      url = redirected(url, response.headers.location)
      if (url.origin !== first.origin) sent = {}
    }
    throw new SluiceError('SOURCE_REFUSED', `the source ${nameOf(first)} redirected more than ${redirects} times`)
  }
}

/** Origin and path: a query can hold what does not belong in a log. */
export function nameOf(url: URL): string {
  return url.origin + url.pathname
}

function isRedirect({ statusCode }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode ?? 0)
}

function redirected(from: URL, location: string | undefined): URL {
  const to = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null
  if (to && /^https?:$/.test(to.protocol)) {
    to.username = ''
    to.password = ''
    return to
  }
  throw new SluiceError('SOURCE_INVALID', `the source ${nameOf(from)} redirected without a URL of http or https`)
}
