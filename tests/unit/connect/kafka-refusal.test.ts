import { describe, expect, test } from 'vitest'
import { kafkaFailure } from '../../../src/connect/kafka.ts'
import { refusalIn } from '../../../src/connect/kafka-refusal.ts'
import { SluiceError } from '../../../src/core/errors.ts'

/** An error as kafkajs makes them, whose types leave the constructors' arguments out. */
function kafkajsError(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more })
}

describe('a login that kafkajs reports as failed', () => {
  const failed = (why: string) =>
    refusalIn(kafkajsError('KafkaJSSASLAuthenticationError', `SASL SCRAM SHA512 authentication failed: ${why}`), 'h:1')

  test('is refused when the broker said so', () => {
    const refused = failed('Authentication failed during authentication due to invalid credentials')
    expect(refused).toMatchObject({ code: 'KAFKA_REFUSED', retryable: true })
    expect(refused?.message).toMatch(/^Kafka at h:1 refused the login: /)
  })

  test.each([
    'Closed connection',
    'Connection error: read ECONNRESET',
    'Connection timeout',
    'Not connected',
    'Request SaslAuthenticate(key: 36, version: 1) timed out',
  ])('is not when the connection broke: %s', (why) => expect(failed(why)).toBeNull())
})

describe('a failure of a connection', () => {
  const failed = (code?: string) => kafkajsError('KafkaJSConnectionError', 'Connection error', { broker: 'b:2', code })

  test('is found below others, and names the broker that it knows', () => {
    const outer = kafkajsError('KafkaJSNonRetriableError', 'retries', { cause: failed('CERT_HAS_EXPIRED') })
    expect(refusalIn(outer, 'h:1')?.message).toMatch(/^Kafka at b:2 shows a certificate that has expired/)
  })

  test.each([undefined, 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'toString'])('may pass: %s', (code) =>
    expect(refusalIn(failed(code), 'h:1')).toBeNull(),
  )

  test.each([
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', /refused the client's certificate/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /refused the client's certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /refused the client's certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', /could not agree with this client on TLS/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /could not agree with this client on TLS/],
    ['CERT_NOT_YET_VALID', /not valid yet/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /authority that is not trusted/],
  ])('is a refusal with code %s', (code, message) => expect(refusalIn(failed(code))?.message).toMatch(message))
})

describe('a failure becomes one of ours', () => {
  test('refused if it is that, else unavailable with the message given', () => {
    const login = kafkajsError('KafkaJSProtocolError', 'no', { type: 'SASL_AUTHENTICATION_FAILED' })
    expect(kafkaFailure('what was asked', login)).toMatchObject({ code: 'KAFKA_REFUSED', cause: login })
    const other = new Error('other')
    expect(kafkaFailure('what was asked', other)).toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      message: 'what was asked',
      cause: other,
    })
  })

  test('and stays what it is if it was one', () => {
    const known = new SluiceError('TOPIC_UNKNOWN', 'no topic')
    expect(kafkaFailure('what was asked', known)).toBe(known)
  })
})
