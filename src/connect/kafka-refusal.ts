/**
 * What Kafka and a client of it disagree on for good (transport, certificates, login), told from what passes.
 * Not for noticing it at a socket: see kafka-sockets.ts.
 */
import { SluiceError } from '../core/errors.ts'
import { certificateRefusal } from './certificate-refusal.ts'

/** The broker at a plaintext client's port speaks TLS. */
export const speaksTls = 'SLUICE_SPEAKS_TLS'
/** The broker at a TLS client's port speaks plaintext. */
export const speaksPlaintext = 'SLUICE_SPEAKS_PLAINTEXT'
/** The client's own certificate, key or authority is not what it should be; no broker was asked. */
export const materialUnusable = 'SLUICE_MATERIAL_UNUSABLE'

/** Who does not take whom: the broker a login or the client's certificate, the client the broker's, or its own is broken. */
export type RefusalKind = 'login' | 'client-certificate' | 'server-certificate' | 'material' | 'authorization'

/** What is wrong, and the remedy, by the code of Kafka's protocol or of ours. */
const reasons: Readonly<Record<string, string>> = {
  [speaksTls]: 'speaks TLS at this port: connect with TLS, or use the port for plaintext',
  [speaksPlaintext]: 'speaks plaintext at this port: use the port for TLS, or connect without TLS',
  [materialUnusable]:
    "cannot be asked with this client's certificate, key or authority: give each as PEM, the key's passphrase too, and the key that belongs to the certificate",
  SASL_AUTHENTICATION_FAILED:
    'refused the login: correct the secret or the user (with IAM, the permission kafka-cluster:Connect)',
  UNSUPPORTED_SASL_MECHANISM:
    'does not offer this way to log in at this port: use one that it offers, or the port that offers this one',
  ILLEGAL_SASL_STATE: 'takes no login at this port: connect without one, or use the port that takes it',
}

/** What Kafka's access control lists keep from a client that is logged in. */
const unauthorized = (what: string) => `does not allow this client ${what}: grant it in the access control lists`
const authorizations: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: unauthorized('to read the topic'),
  GROUP_AUTHORIZATION_FAILED: unauthorized('to be a member of the consumer group'),
  CLUSTER_AUTHORIZATION_FAILED: unauthorized('to describe the cluster'),
}

/** A broker's TLS alert about our certificate, or the lack of one; Node puts OpenSSL's names in the code. */
const certificateAlert = /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/
const certificateRefused =
  "refused the client's certificate, or the lack of one: use a certificate that the broker trusts, or the port that asks for none"
const otherAlert = /^ERR_SSL_.*(ALERT|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|NO_SHARED_CIPHER)/
const noAgreement = 'could not agree with this client on TLS: let both speak TLS 1.2 or 1.3'

/** kafkajs gives one kind of error to a refused login and to a connection that broke during one. */
const passing = /closed connection|connection (error|timeout|closed)|not connected|timed out/i

/** Whether waiting does not mend a failure with this code. */
export function isRefusal(code: string | undefined): code is string {
  return code !== undefined && reasonOf(code) !== undefined
}

/** The error for a code that {@link isRefusal} knows. */
export function refusal(code: string, server: string | undefined, cause?: unknown): SluiceError {
  const name = code.startsWith('SLUICE_') ? '' : ` (${code})`
  const where = server ? `Kafka at ${server}` : 'Kafka'
  const error = new SluiceError('KAFKA_REFUSED', `${where} ${reasonOf(code)}${name}`, { cause })
  return Object.assign(error, { refusal: kindOf(code) })
}

/** Of which kind a refusal is; null for a failure of another kind, as a port that speaks another protocol. */
export function refusalKind(error: Error): RefusalKind | null {
  return 'refusal' in error ? (error.refusal as RefusalKind | null) : null
}

/** KAFKA_REFUSED if that is what a failure of kafkajs comes from, else null. `server` is named where the failure does not. */
export function refusalIn(failure: unknown, server?: string): SluiceError | null {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (error instanceof SluiceError) return error.code === 'KAFKA_REFUSED' ? error : null
    const { name, message, type, code, broker } = error as KafkaError
    const login =
      name === 'KafkaJSSASLAuthenticationError' && !passing.test(message) ? loginRefusal(message) : undefined
    const known = [login, type, code].find((each) => isRefusal(each))
    if (known !== undefined) return refusal(known, broker ?? server, failure)
  }
  return null
}

type KafkaError = Error & { readonly type?: string; readonly code?: string; readonly broker?: string }

function loginRefusal(message: string): string {
  return /mechanism is not supported/.test(message) ? 'UNSUPPORTED_SASL_MECHANISM' : 'SASL_AUTHENTICATION_FAILED'
}

function kindOf(code: string): RefusalKind | null {
  if (code === materialUnusable) return 'material'
  if (Object.hasOwn(authorizations, code)) return 'authorization'
  if (code.includes('SASL')) return 'login'
  if (certificateAlert.test(code)) return 'client-certificate'
  return certificateRefusal(code) ? 'server-certificate' : null
}

function reasonOf(code: string): string | undefined {
  if (Object.hasOwn(reasons, code)) return reasons[code]
  if (Object.hasOwn(authorizations, code)) return authorizations[code]
  if (certificateAlert.test(code)) return certificateRefused
  const refused = certificateRefusal(code)
  if (refused) return refused
  return otherAlert.test(code) ? noAgreement : undefined
}
