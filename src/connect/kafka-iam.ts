/**
 * Tokens for MSK's IAM authentication: a request for `kafka-cluster:Connect`, presigned and as base64url.
 *   token   = base64url( "https://kafka." region ".amazonaws.com/?" query )
 *   query   = "Action=kafka-cluster%3AConnect" signature "&User-Agent=" name     ; the name is not signed
 * Not for how a token reaches the broker: see kafka-oauth.ts.
 */
import { SignatureV4 } from '@smithy/signature-v4'
import { SluiceError } from '../core/errors.ts'
import { type CredentialsSource, signing } from './aws.ts'

/** How long MSK takes a token at most, in seconds. */
const maxTokenSeconds = 900

const userAgent = 'sluice'

/**
 * A source of tokens for the brokers of a region, each signed when it is asked for: a connection asks at its start and
 * whenever its session is about to end. A token is good for 15 minutes, or until its credentials expire if that is sooner.
 * Fails with KAFKA_UNAVAILABLE when there are no credentials.
 */
export function iamTokens(region: string, given?: CredentialsSource): () => Promise<string> {
  const host = `kafka.${region}.amazonaws.com`
  const signingOfProcess = signing(region)
  return async () => {
    const { credentials, sha256 } = await signingOfProcess()
    const identity = await (given ?? credentials)().catch((cause) => {
      throw new SluiceError('KAFKA_UNAVAILABLE', 'there are no AWS credentials to sign in to Kafka with', { cause })
    })
    const signer = new SignatureV4({
      service: 'kafka-cluster',
      region,
      credentials: identity,
      sha256,
      applyChecksum: false,
    })
    const signed = await signer.presign(
      {
        method: 'GET',
        protocol: 'https:',
        hostname: host,
        path: '/',
        headers: { host },
        query: { Action: 'kafka-cluster:Connect' },
      },
      { expiresIn: tokenSeconds(identity.expiration) },
    )
    const query = Object.entries({ ...signed.query, 'User-Agent': userAgent })
    const text = query.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
    return Buffer.from(`https://${host}/?${text}`).toString('base64url')
  }
}

function tokenSeconds(expiration: Date | undefined): number {
  if (!expiration) return maxTokenSeconds
  return Math.floor(Math.min(maxTokenSeconds, (expiration.getTime() - Date.now()) / 1_000))
}
