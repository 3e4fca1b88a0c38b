/**
 * The signature with which a client of Amazon Keyspaces answers the challenge of its handshake.
 * Not for the handshake itself: see keyspaces.ts.
 */
import { createHash, createHmac } from 'node:crypto'

/** What signs: as the AWS SDK's credential providers give it. */
export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const service = 'cassandra'
/** How long the signature may be used, in seconds: what Keyspaces expects, as it is part of what is signed. */
const expirySeconds = 900

/**
 * The answer to a challenge, for the region's Keyspaces, signed at `date`.
 *
 *     answer  = "signature=" hex ",access_key=" id ",amzdate=" iso-8601-with-ms [ ",session_token=" token ]
 *
 * The signature is AWS's version 4 over the request `PUT /authenticate` of host `cassandra`, whose payload is the nonce;
 * unlike in HTTP requests the date is in extended form and the signed headers are no parameter.
 */
export function challengeAnswer(nonce: string, region: string, credentials: Credentials, date: Date): string {
  const time = date.toISOString()
  const { accessKeyId, sessionToken } = credentials
  const text = stringToSign(nonce, region, accessKeyId, time)
  const signature = hmac(signingKey(credentials, region, dayOf(time)), text).toString('hex')
  const token = sessionToken === undefined ? '' : `,session_token=${sessionToken}`
  return `signature=${signature},access_key=${accessKeyId},amzdate=${time}${token}`
}

/** The text that is signed for the challenge with this nonce; `time` is ISO 8601 with milliseconds. */
export function stringToSign(nonce: string, region: string, accessKeyId: string, time: string): string {
  const scope = `${dayOf(time)}/${region}/${service}/aws4_request`
  const query = [
    `X-Amz-Algorithm=${algorithm}`,
    `X-Amz-Credential=${encodeURIComponent(`${accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${encodeURIComponent(time)}`,
    `X-Amz-Expires=${expirySeconds}`,
  ].join('&')
  const request = ['PUT', '/authenticate', query, `host:${service}`, '', 'host', sha256(nonce)].join('\n')
  return [algorithm, time, scope, sha256(request)].join('\n')
}

function signingKey({ secretAccessKey }: Credentials, region: string, day: string): Buffer {
  const parts = [day, region, service, 'aws4_request']
  return parts.reduce((key: Buffer, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`))
}

/** `20260102` of `2026-01-02T…`. */
function dayOf(time: string): string {
  return time.slice(0, 10).replaceAll('-', '')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
