/**
 * What is different when cassandra-driver talks to Amazon Keyspaces: address, TLS, handshake, pool and retries.
 * Not for making clients (cassandra.ts), nor for the signature itself (keyspaces-signature.ts).
 */
import { auth, type ClientOptions, errors, policies, types } from 'cassandra-driver'
import type { KeyspacesEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { awsHost, signing } from './aws.ts'
import { type Credentials, challengeAnswer } from './keyspaces-signature.ts'

const port = 9142

/**
 * A connection may carry 3,000 requests a second (Keyspaces' quota). At 4 ms each, the 16 batches in flight of a writer
 * are 4,000 and the 64 reads of a reconcile 16,000 a second. A region's endpoint names about nine hosts, one of a VPC's
 * private network one per zone: three connections each are 27,000 a second on three hosts.
 */
const connectionsPerHost = 3

/** The host that answers in a region. */
export function keyspacesHost(region: string): string {
  return awsHost('cassandra', region)
}

/**
 * The driver's options for Keyspaces of a region. TLS with the roots of Node, which hold Amazon's; the handshake is
 * signed with the credentials of the process unless others are given.
 */
export function keyspacesOptions(
  { region }: KeyspacesEndpoint,
  credentials: () => Promise<Credentials> = processCredentials(region),
): ClientOptions {
  const host = keyspacesHost(region)
  return {
    contactPoints: [host],
    // Without it the driver begins with a version that Keyspaces refuses, at the price of another TLS handshake.
    protocolOptions: { port, maxVersion: types.protocolVersion.v4 },
    localDataCenter: region,
    // The driver connects to addresses, and would trust any certificate.
    sslOptions: { servername: host, rejectUnauthorized: true },
    authProvider: signingProvider(region, credentials),
    // There are no tables of functions, views or types to read, no replicas to choose, and nodes to agree with.
    isMetadataSyncEnabled: false,
    policies: { loadBalancing: new policies.loadBalancing.DCAwareRoundRobinPolicy(region), retry: boundedRetry() },
    // Two dozen TLS handshakes before the first request would be most of a cold start: they follow behind it.
    pooling: { coreConnectionsPerHost: { [types.distance.local]: connectionsPerHost }, warmup: false },
  }
}

/** The credentials of the process. One client finds them for all connections. */
export function processCredentials(region: string): () => Promise<Credentials> {
  const signingOfProcess = signing(region)
  return async () => (await signingOfProcess()).credentials()
}

/**
 * Answers Keyspaces' challenge: first `SigV4\0\0`, then to `nonce=<hex>[,…]` a signature over the nonce. The credentials
 * are asked for at each connection, as a role's expire. A failure fails the connection with CASSANDRA_REFUSED.
 */
export function signingProvider(
  region: string,
  credentials: () => Promise<Credentials>,
  now: () => Date = () => new Date(),
): auth.AuthProvider {
  const answer = async (challenge: Buffer) => {
    const nonce = /nonce=([^,]+)/.exec(challenge.toString())?.[1]
    if (nonce === undefined) {
      throw new SluiceError('CASSANDRA_REFUSED', `Keyspaces of ${region} sent a challenge without a nonce`)
    }
    const own = await credentials().catch((cause) => {
      throw new SluiceError('CASSANDRA_REFUSED', 'there are no AWS credentials to sign with: give the process a role', {
        cause,
      })
    })
    return Buffer.from(challengeAnswer(nonce, region, own, now()))
  }
  const newAuthenticator = (): auth.Authenticator => ({
    initialResponse: (done) => done(null, Buffer.from('SigV4\0\0')),
    evaluateChallenge: (challenge, done) => {
      answer(challenge).then(
        (token) => done(null, token),
        (error) => done(error),
      )
    },
    onAuthenticationSuccess() {},
  })
  // The driver takes only what descends from its own class, which its types leave out.
  const { AuthProvider } = auth as unknown as { readonly AuthProvider: new () => auth.AuthProvider }
  return Object.assign(new AuthProvider(), { newAuthenticator })
}

const maxRetries = 2

/**
 * Two more attempts, each at another host, for what passes quickly; then the event source mapping tries again, with its
 * pauses. The driver's own policy would go round all nine hosts, 12 s each where none answers.
 */
function boundedRetry(): policies.retry.RetryPolicy {
  const policy = new policies.retry.RetryPolicy()
  const decide = ({ nbRetry }: policies.retry.OperationInfo) =>
    nbRetry < maxRetries ? policy.retryResult(types.consistencies.localQuorum, false) : policy.rethrowResult()
  return Object.assign(policy, {
    onUnavailable: decide,
    onReadTimeout: decide,
    onWriteTimeout: decide,
    onRequestError: (info: policies.retry.OperationInfo, _: types.consistencies, error: Error) =>
      error instanceof errors.OperationTimedOutError ? policy.rethrowResult() : decide(info),
  })
}
