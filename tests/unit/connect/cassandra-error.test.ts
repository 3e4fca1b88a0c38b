import { errors, types } from 'cassandra-driver'
import { expect, test } from 'vitest'
import { cassandraError } from '../../../src/connect/cassandra-error.ts'
import { SluiceError } from '../../../src/core/errors.ts'

const coded = (code: string) => Object.assign(new Error('x'), { code })
const answer = (code: number) => new errors.ResponseError(code, 'User canary has no MODIFY permission')

test.each<[string, Error, string]>([
  ['a refused login', new errors.AuthenticationError('x'), 'it refuses the login'],
  ['bad credentials', answer(types.responseErrorCodes.badCredentials), 'it refuses the login'],
  ['a permission that lacks', answer(types.responseErrorCodes.unauthorized), 'lacks the permission'],
  ['an expired certificate', coded('CERT_HAS_EXPIRED'), 'has expired'],
  ['a certificate of the future', coded('CERT_NOT_YET_VALID'), 'not valid yet'],
  ['a certificate signed by itself', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'authority that is not trusted'],
  ['another host', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'for another host'],
  ['no TLS', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'does not speak TLS'],
  ['no credentials', new SluiceError('CASSANDRA_REFUSED', 'there are no credentials'), 'there are no credentials'],
])('%s is a refusal, of one host or of one among several', (_, cause, says) => {
  const nested = new errors.NoHostAvailableError({ a: coded('ECONNREFUSED'), b: cause })
  for (const each of [cause, nested]) {
    const error = cassandraError('It did not', each)
    expect(error).toMatchObject({ code: 'CASSANDRA_REFUSED', retryable: true, cause: each })
    expect(error.message).toContain(`It did not: `)
    expect(error.message).toContain(says)
    expect(error.message).not.toContain('canary')
  }
})

test.each<[string, unknown]>([
  ['nobody listens', new errors.NoHostAvailableError({ a: coded('ECONNREFUSED') })],
  ['no host is tried', new errors.NoHostAvailableError({})],
  ['no answer', new errors.OperationTimedOutError('x', 'a')],
  ['too much load', answer(types.responseErrorCodes.overloaded)],
  ['anything else', 'gone'],
])('%s is none', (_, cause) => {
  expect(cassandraError('It did not', cause)).toMatchObject({ code: 'CASSANDRA_UNAVAILABLE', message: 'It did not' })
})
