import { randomBytes, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { Sha256Node } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import { type ClientOptions, errors, policies, types } from 'cassandra-driver'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { clientWith } from '../../../src/connect/cassandra.ts'
import { cassandraError } from '../../../src/connect/cassandra-error.ts'
import { keyspacesHost, keyspacesOptions, processCredentials, signingProvider } from '../../../src/connect/keyspaces.ts'
import { type Credentials, stringToSign } from '../../../src/connect/keyspaces-signature.ts'
import { type Authority, newAuthority } from '../../fixtures/certificates.ts'
import { type CqlServer, startCqlServer } from '../../fixtures/cql-server.ts'

const region = 'eu-central-1'
const known: Credentials = { accessKeyId: 'AKTEST', secretAccessKey: 'canary-secret', sessionToken: 'canary-token' }

/** A Keyspaces that knows one key: it recomputes the signature with the SDK's signer, as the service does. */
let keyspaces: CqlServer
let authority: Authority
const nonces = new Map<string, { usable: boolean }>()
const sent: string[] = []
let nonceIsUsable = true
let challenge = (nonce: string) => `nonce=${nonce}`

beforeAll(async () => {
  authority = newAuthority('authority')
  const identity = authority.issue({ name: keyspacesHost(region) })
  keyspaces = await startCqlServer(identity, region, {
    authenticator: 'com.amazon.helenus.auth.HelenusAuthenticator',
    async answer(token, turn) {
      if (turn === 0) {
        expect(token).toEqual(Buffer.from('SigV4\0\0'))
        const nonce = randomBytes(16).toString('hex')
        nonces.set(nonce, { usable: nonceIsUsable })
        return challenge(nonce)
      }
      await verify(token.toString())
      return null
    },
  })
})
afterAll(() => keyspaces.close())
afterEach(() => {
  nonceIsUsable = true
  challenge = (nonce) => `nonce=${nonce}`
})

async function verify(answer: string): Promise<void> {
  sent.push(answer)
  const { signature, access_key, amzdate, session_token } = Object.fromEntries(
    answer.split(',').map((part) => part.split('=', 2)),
  )
  const nonce = [...nonces].at(-1)
  if (!nonce?.[1].usable) throw new Error('the nonce has expired')
  const date = new Date(amzdate)
  if (Math.abs(Date.now() - date.getTime()) > 900_000) throw new Error('the signature has expired')
  const signer = new SignatureV4({ credentials: known, region, service: 'cassandra', sha256: Sha256Node })
  const expected = await signer.sign(stringToSign(nonce[0], region, known.accessKeyId, amzdate), { signingDate: date })
  if (access_key !== known.accessKeyId || session_token !== known.sessionToken || signature !== expected) {
    throw new Error('the signature does not fit')
  }
}

/** The real options, but for the address and the authority. */
function here(credentials: () => Promise<Credentials>, ca = authority.ca): ClientOptions {
  const options = keyspacesOptions({ region }, credentials)
  return {
    ...options,
    contactPoints: ['127.0.0.1'],
    protocolOptions: { ...options.protocolOptions, port: keyspaces.port },
    sslOptions: { ...options.sslOptions, ca },
  }
}

async function connecting(options: ClientOptions): Promise<{ code?: string; message?: string; name?: string } | null> {
  const client = clientWith(options)
  try {
    await client.connect()
    return null
  } catch (error) {
    return cassandraError('Keyspaces did not accept the connection', error)
  } finally {
    await client.shutdown()
  }
}

describe('the handshake', () => {
  test('is accepted with the right credentials, over TLS for the name of the region', async () => {
    expect(await connecting(here(async () => known))).toBeNull()
    expect(sent.at(-1)).toMatch(/^signature=[0-9a-f]{64},access_key=AKTEST,amzdate=[^,]+Z,session_token=canary-token$/)
  })

  test('takes the nonce from a challenge that says more', async () => {
    challenge = (nonce) => `realm=x,nonce=${nonce},more=1`
    expect(await connecting(here(async () => known))).toBeNull()
  })

  test('asks for the credentials anew at each connection, as those of a role expire', async () => {
    const given = [{ ...known, secretAccessKey: 'canary-old' }, known]
    const credentials = async () => given.shift() ?? known
    expect(await connecting(here(credentials))).toMatchObject({ code: 'CASSANDRA_REFUSED' })
    expect(await connecting(here(credentials))).toBeNull()
  })

  test('uses the credentials of the process', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', known.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', known.secretAccessKey)
    vi.stubEnv('AWS_SESSION_TOKEN', known.sessionToken ?? '')
    try {
      expect(await connecting(here(processCredentials(region)))).toBeNull()
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('opens three connections to a host in the end', async () => {
    const client = clientWith(here(async () => known))
    try {
      await client.connect()
      await vi.waitFor(() => expect(keyspaces.connections()).toBe(3))
    } finally {
      await client.shutdown()
    }
  })
})

describe('is refused, without a secret in what is said,', () => {
  const refused = { code: 'CASSANDRA_REFUSED', retryable: true }
  const expectRefusal = async (options: ClientOptions, says: string) => {
    const error = await connecting(options)
    expect(error).toMatchObject({ ...refused, message: expect.stringContaining(says) })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
  }

  test.each<[string, Credentials]>([
    ['a wrong secret', { ...known, secretAccessKey: 'canary-wrong' }],
    ['a wrong key', { ...known, accessKeyId: 'AKOTHER' }],
    ['no session token', { accessKeyId: known.accessKeyId, secretAccessKey: known.secretAccessKey }],
  ])('%s', async (_, credentials) => {
    await expectRefusal(
      here(async () => credentials),
      'it refuses the login',
    )
  })

  test('a signature of an hour ago', async () => {
    const anHourAgo = () => new Date(Date.now() - 3_600_000)
    const options = here(async () => known)
    await expectRefusal(
      { ...options, authProvider: signingProvider(region, async () => known, anHourAgo) },
      'it refuses the login',
    )
  })

  test('an expired nonce, and the next one is signed', async () => {
    nonceIsUsable = false
    await expectRefusal(
      here(async () => known),
      'it refuses the login',
    )
    nonceIsUsable = true
    expect(await connecting(here(async () => known))).toBeNull()
  })

  test('a challenge without a nonce', async () => {
    challenge = () => 'realm=x'
    await expectRefusal(
      here(async () => known),
      'a challenge without a nonce',
    )
  })

  test('a process without credentials', async () => {
    const none = () => Promise.reject(new Error('Could not load credentials from any providers'))
    await expectRefusal(here(none), 'there are no AWS credentials')
  })

  test('a certificate of another authority', async () => {
    await expectRefusal(
      here(async () => known, newAuthority('foreign').ca),
      'authority that is not trusted',
    )
  })

  test('a certificate for another region', async () => {
    const options = here(async () => known)
    const elsewhere = { ...options, sslOptions: { ...options.sslOptions, servername: keyspacesHost('eu-west-1') } }
    await expectRefusal(elsewhere, 'for another host')
  })
})

describe('the options', () => {
  test('name the host of the region, that of China under its own domain', () => {
    expect(keyspacesOptions({ region })).toMatchObject({
      contactPoints: ['cassandra.eu-central-1.amazonaws.com'],
      localDataCenter: region,
      protocolOptions: { port: 9142 },
      sslOptions: { servername: 'cassandra.eu-central-1.amazonaws.com', rejectUnauthorized: true },
    })
    expect(keyspacesHost('cn-north-1')).toBe('cassandra.cn-north-1.amazonaws.com.cn')
  })

  test('let a request be tried three times in all, one that nobody answered once', () => {
    const retry = keyspacesOptions({ region }).policies?.retry as policies.retry.RetryPolicy
    const { retryDecision } = policies.retry.RetryPolicy as unknown as { retryDecision: { retry: number } }
    const again = retryDecision.retry
    const overloaded = new errors.ResponseError(types.responseErrorCodes.overloaded, 'overloaded')
    const decide = (nbRetry: number, error: Error) =>
      retry.onRequestError({ nbRetry } as policies.retry.OperationInfo, types.consistencies.localQuorum, error).decision
    expect([0, 1, 2, 3].map((nbRetry) => decide(nbRetry, overloaded) === again)).toEqual([true, true, false, false])
    const silent = new errors.OperationTimedOutError('no answer', '127.0.0.1')
    expect(decide(0, silent)).not.toBe(again)
  })
})

/**
 * SHA-256 fingerprints of the roots that certificates of AWS end at: the four of Amazon, and the one of Starfield by
 * which older chains go on to Starfield's Class 2, which is of no use to a client that trusts this one.
 */
test.each([
  ['Amazon Root CA 1', '8ECDE6884F3D87B1125BA31AC3FCB13D7016DE7F57CC904FE1CB97C6AE98196E'],
  ['Amazon Root CA 2', '1BA5B2AA8C65401A82960118F80BEC4F62304D83CEC4713A19C39C011EA46DB4'],
  ['Amazon Root CA 3', '18CE6CFE7BF14E60B2E347B8DFE868CB31D02EBB3ADA271569F50343B46DB3A4'],
  ['Amazon Root CA 4', 'E35D28419ED02025CFA69038CD623962458DA5C695FBDEA3C22B0BFB25897092'],
  ['Starfield Services Root CA G2', '568D6905A2C88708A4B3025190EDCFEDB1974A606A13C6E5290FCB2AE63EDAB5'],
])('Node trusts %s', (_, fingerprint) => {
  const trusted = rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', ''))
  expect(trusted).toContain(fingerprint)
})
