/**
 * One HTTP request whose answer is JSON; over TLS with an authority or a certificate of one's own where given. Through
 * node:http: Node's fetch has no option for these, and takes 5 MB of a process for good.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { RegistryEndpoint } from '../core/endpoints.ts'
import { jsonOrNull } from '../core/json.ts'

type ConfluentEndpoint = Extract<RegistryEndpoint, { readonly url: string }>

/** A request. */
export type JsonRequest = {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** The status, and the body; null for one that is no JSON. Rejects when there is no answer. */
export async function requestJson(
  url: string,
  request: JsonRequest,
  tls?: ConfluentEndpoint['tls'],
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { method, headers, body, signal } = request
  const { ca, certificate: cert, privateKey: key, passphrase } = tls ?? {}
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>()
  const open = url.startsWith('https:') ? httpsRequest : httpRequest
  const sent = open(url, { method, headers, signal, ca, cert, key, passphrase }, (response) => {
    const parsed = async () => {
      const text = (await buffer(response)).toString()
      return { status: response.statusCode ?? 0, body: jsonOrNull(text) }
    }
    parsed().then(resolve, reject)
  })
  sent.once('error', reject)
  sent.end(body)
  return promise
}
