import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { refusal } from '../../../src/connect/kafka-refusal.ts'
import type { SourceAccess } from '../../../src/event-source/access-properties.ts'
import { secretsManager } from '../../../src/event-source/secrets.ts'
import { kafkaProblem, sourceSecurity } from '../../../src/event-source/source-security.ts'
import { type Answer, startHttpServer } from '../../fixtures/http-server.ts'

const login = { username: 'u', password: 'p' }
const own = { certificate: 'C', privateKey: 'K' }
const stored: Record<string, unknown> = {
  login,
  own: { ...own, privateKeyPassword: 'P' },
  open: own,
  ca: { certificate: 'A' },
}

/** What an access becomes, the secrets being read over HTTP. */
async function resolve(
  access: SourceAccess,
  answer: (id: string) => Answer = (id) => ({ body: JSON.stringify({ SecretString: JSON.stringify(stored[id]) }) }),
  managedWithoutAccess: 'iam' | 'plaintext' = 'iam',
) {
  const server = await startHttpServer()
  server.answer = (_, body) => answer(JSON.parse(body).SecretId)
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' }
  const secrets = secretsManager({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
  try {
    return await sourceSecurity(access, secrets, { managedWithoutAccess })
  } finally {
    await server.close()
  }
}

const byLogin = { kind: 'login', mechanism: 'scram-sha-512', secret: 'login', authority: null } as const

test.each<[SourceAccess, object]>([
  [{ kind: 'none' }, { kind: 'plaintext' }],
  [
    { kind: 'role', region: 'eu-west-1' },
    { kind: 'iam', region: 'eu-west-1' },
  ],
  [
    { kind: 'encrypted', authority: 'ca' },
    { kind: 'encrypted', ca: 'A' },
  ],
  [byLogin, { kind: 'scram', mechanism: 'scram-sha-512', login }],
  [
    { ...byLogin, authority: 'ca' },
    { kind: 'scram', mechanism: 'scram-sha-512', login, ca: 'A' },
  ],
  [
    { ...byLogin, mechanism: 'plain' },
    { kind: 'plain', login },
  ],
  [
    { kind: 'certificate', secret: 'own', authority: 'ca' },
    { kind: 'tls', ...own, passphrase: 'P', ca: 'A' },
  ],
  [
    { kind: 'certificate', secret: 'open', authority: null },
    { kind: 'tls', ...own },
  ],
])('%j', async (access, security) => expect(await resolve(access)).toEqual(security))

test('a cluster of MSK that asks nobody is a setting', async () => {
  const access = { kind: 'role', region: 'eu-west-1' } as const
  expect(await resolve(access, undefined, 'plaintext')).toEqual({ kind: 'plaintext' })
})

test.each<[string, Answer, string]>([
  [
    'is missing',
    { status: 400, body: '{"__type":"ResourceNotFoundException","message":"canary"}' },
    'Kafka was not asked: secret login could not be read: ResourceNotFoundException',
  ],
  [
    'has another form',
    { body: JSON.stringify({ SecretString: '{"password":"canary"}' }) },
    'Kafka was not asked: secret login holds no {"username","password"}',
  ],
  [
    'is no JSON',
    { body: JSON.stringify({ SecretString: 'canary' }) },
    'Kafka was not asked: secret login holds no {"username","password"}',
  ],
])('a secret that %s is said, and not quoted', async (_, answer, message) => {
  const error = await resolve(byLogin, () => answer).catch((error: Error) => error)
  expect(error).toMatchObject({ code: 'KAFKA_UNAVAILABLE', message })
  if (!answer.body?.includes('__type')) expect(inspect(error, { depth: null })).not.toContain('canary')
})

test.each([
  ['SASL_AUTHENTICATION_FAILED', /^SASL authentication failed\. Kafka at h:1 refused the login/],
  ['UNSUPPORTED_SASL_MECHANISM', /^SASL authentication failed\. /],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', /^Server failed to authenticate Lambda\. /],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /^Lambda failed to authenticate server\. /],
  ['CERT_HAS_EXPIRED', /^Lambda failed to authenticate server\. /],
  ['SLUICE_MATERIAL_UNUSABLE', /^Provided certificate or private key is invalid\. /],
  ['TOPIC_AUTHORIZATION_FAILED', /^Cluster failed to authorize Lambda\. Kafka at h:1 does not allow this client/],
  ['GROUP_AUTHORIZATION_FAILED', /^Cluster failed to authorize Lambda\. /],
  ['SLUICE_SPEAKS_TLS', /^Kafka at h:1 speaks TLS at this port/],
])("%s has AWS's words where it has some", (code, words) => expect(kafkaProblem(refusal(code, 'h:1'))).toMatch(words))

test('what is no refusal stays as it is', () => expect(kafkaProblem(new Error('away'))).toBe('away'))
