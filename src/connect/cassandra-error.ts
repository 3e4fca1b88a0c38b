/**
 * What a failure of cassandra-driver means: Cassandra is away, or it refuses us.
 */
import { errors, types } from 'cassandra-driver'
import { SluiceError } from '../core/errors.ts'
import { certificateRefusal } from './certificate-refusal.ts'

/**
 * The error for something that Cassandra did not do: CASSANDRA_REFUSED where login, permission or certificate stand in
 * the way, which somebody has to correct; else CASSANDRA_UNAVAILABLE. Both are retryable, as nothing is wrong with what
 * was to be done. `sentence` says what; the reason is our own wording, as a server's can name users.
 */
export function cassandraError(sentence: string, cause: unknown): SluiceError {
  const reasons = innerErrors(cause).map(refusal)
  const reason = reasons.find((each) => each !== null)
  if (reason) return new SluiceError('CASSANDRA_REFUSED', `${sentence}: ${reason}`, { cause })
  return new SluiceError('CASSANDRA_UNAVAILABLE', sentence, { cause })
}

/** The failure itself, and those of the hosts that were tried. */
function innerErrors(cause: unknown): unknown[] {
  return cause instanceof errors.NoHostAvailableError ? Object.values(cause.innerErrors ?? {}) : [cause]
}

function refusal(error: unknown): string | null {
  if (error instanceof SluiceError) return error.code === 'CASSANDRA_REFUSED' ? error.message : null
  if (error instanceof errors.AuthenticationError) return 'it refuses the login; correct it'
  if (error instanceof errors.ResponseError) {
    const { code } = error
    if (code === types.responseErrorCodes.badCredentials) return 'it refuses the login; correct it'
    if (code === types.responseErrorCodes.unauthorized) return 'the login lacks the permission; grant it'
    return null
  }
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? tlsRefusal(code) : null
}

function tlsRefusal(code: string): string | null {
  const refused = certificateRefusal(code)
  if (refused) return `it ${refused}`
  return /^ERR_SSL_|^EPROTO$/.test(code) ? 'it does not speak TLS as we do; see whether it is to be spoken here' : null
}
