import { createHash, createHmac } from 'node:crypto'
import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CredentialsSource } from '../../../src/connect/aws.ts'
import { iamTokens } from '../../../src/connect/kafka-iam.ts'

const now = new Date('2026-11-21T10:11:12.345Z')
const lasting = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalr/+secret=' }
const passing = { ...lasting, sessionToken: 'IQoJ/b3+token==', expiration: new Date(now.getTime() + 301_500) }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})
afterEach(() => {
  vi.useRealTimers()
})

const source = (next: () => object | undefined) => (async () => next()) as CredentialsSource
const tokenOf = (identity: object, region = 'eu-west-1') =>
  iamTokens(
    region,
    source(() => identity),
  )()
const urlOf = (token: string) => new URL(Buffer.from(token, 'base64url').toString())

/** Signature version 4 of a presigned request, as AWS documents it, with nothing of what signs the token. */
function signatureOf(url: URL, secretAccessKey: string): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const signed = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature' && name !== 'User-Agent')
  const query = signed
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
  const request = ['GET', '/', query, `host:${url.host}\n`, 'host', hash('')].join('\n')
  const [, ...scope] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/')
  const date = url.searchParams.get('X-Amz-Date')
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash(request)].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return hmac(key, toSign).toString('hex')
}

describe.each([
  ['lasting credentials', lasting, '900'],
  ['credentials of a role that end sooner', passing, '301'],
  ['credentials of a role that last longer', { ...passing, expiration: new Date(now.getTime() + 3_600_000) }, '900'],
])('a token from %s', (_, identity, seconds) => {
  test('is a presigned request to connect, and its signature is right', async () => {
    const token = await tokenOf(identity)
    expect(token).toMatch(/^[\w-]+$/)
    const url = urlOf(token)
    expect(`${url.origin}${url.pathname}`).toBe('https://kafka.eu-west-1.amazonaws.com/')
    const { 'X-Amz-Signature': signature, ...rest } = Object.fromEntries(url.searchParams)
    expect(rest).toEqual({
      Action: 'kafka-cluster:Connect',
      ...('sessionToken' in identity ? { 'X-Amz-Security-Token': identity.sessionToken } : {}),
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261121/eu-west-1/kafka-cluster/aws4_request',
      'X-Amz-Date': '20261121T101112Z',
      'X-Amz-Expires': seconds,
      'X-Amz-SignedHeaders': 'host',
      'User-Agent': 'sluice',
    })
    expect(signature).toBe(signatureOf(url, identity.secretAccessKey))
  })
})

test.each([
  ['lasting', lasting],
  ['passing', { ...passing, expiration: new Date(now.getTime() + 300_000) }],
])("a token from %s credentials is that of AWS's own package but for the name", async (_, identity) => {
  const region = 'us-east-2'
  const peer = await generateAuthTokenFromCredentialsProvider({
    region,
    awsCredentialsProvider: async () => identity,
  })
  const [own, theirs] = [await tokenOf(identity, region), peer.token].map((token) => {
    const url = urlOf(token)
    url.searchParams.delete('User-Agent')
    url.searchParams.sort()
    return url.href
  })
  expect(own).toBe(theirs)
})

test('each token is signed anew, with the credentials of its time', async () => {
  const identities = [lasting, { ...lasting, accessKeyId: 'AKIDROTATED' }]
  const next = iamTokens(
    'eu-west-1',
    source(() => identities.shift()),
  )
  const first = urlOf(await next())
  vi.setSystemTime(now.getTime() + 60_000)
  const second = urlOf(await next())
  expect(first.searchParams.get('X-Amz-Date')).toBe('20261121T101112Z')
  expect(second.searchParams.get('X-Amz-Date')).toBe('20261121T101212Z')
  expect(second.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDROTATED\//)
})

test('a process finds its credentials as the AWS SDK does', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENVIRONMENT')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  try {
    const url = urlOf(await iamTokens('eu-west-1')())
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDENVIRONMENT\//)
  } finally {
    vi.unstubAllEnvs()
  }
})

test('without credentials there is an error that says so', async () => {
  const none = source(() => {
    throw new Error('none found')
  })
  await expect(iamTokens('eu-west-1', none)()).rejects.toMatchObject({
    code: 'KAFKA_UNAVAILABLE',
    message: 'there are no AWS credentials to sign in to Kafka with',
  })
})
