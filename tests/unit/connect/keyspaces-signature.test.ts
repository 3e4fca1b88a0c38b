import { Sha256Node } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { challengeAnswer, stringToSign } from '../../../src/connect/keyspaces-signature.ts'

/** The vector that AWS's own plug-ins for Cassandra drivers publish with their tests. */
const published = {
  region: 'us-west-2',
  nonce: '91703fdc2ef562e19fbdab0f58e42fe5',
  date: new Date('2020-06-09T22:41:51.000Z'),
  credentials: { accessKeyId: 'UserID-1', secretAccessKey: 'UserSecretKey-1' },
  requestHash: 'bf5cc15759befc37fc35689dcdd7938a9ad042b6326f537c4c5eecaa2ebf911e',
  signature: '7f3691c18a81b8ce7457699effbfae5b09b4e0714ab38c1292dbdf082c9ddd87',
}

test('the text to sign is that of the published vector', () => {
  const { nonce, region, credentials, date, requestHash } = published
  expect(stringToSign(nonce, region, credentials.accessKeyId, date.toISOString())).toBe(
    `AWS4-HMAC-SHA256\n2020-06-09T22:41:51.000Z\n20200609/us-west-2/cassandra/aws4_request\n${requestHash}`,
  )
})

test('the answer is that of the published vector, without and with a session token', () => {
  const { nonce, region, credentials, date, signature } = published
  const answer = `signature=${signature},access_key=UserID-1,amzdate=2020-06-09T22:41:51.000Z`
  expect(challengeAnswer(nonce, region, credentials, date)).toBe(answer)
  const withToken = { ...credentials, sessionToken: 'sess-token-1' }
  expect(challengeAnswer(nonce, region, withToken, date)).toBe(`${answer},session_token=sess-token-1`)
})

test("the signature is the one that the SDK's signer makes of the same text, whatever the key, the time and the nonce", async () => {
  const arbitrary = {
    nonce: fc.stringMatching(/^[0-9a-f]{32}$/),
    region: fc.constantFrom('eu-central-1', 'us-gov-west-1', 'cn-north-1'),
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    date: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  }
  await fc.assert(
    fc.asyncProperty(fc.record(arbitrary), async ({ nonce, region, date, ...credentials }) => {
      const signer = new SignatureV4({ credentials, region, service: 'cassandra', sha256: Sha256Node })
      const text = stringToSign(nonce, region, credentials.accessKeyId, date.toISOString())
      const expected = await signer.sign(text, { signingDate: date })
      expect(challengeAnswer(nonce, region, credentials, date)).toContain(`signature=${expected},`)
    }),
  )
})
