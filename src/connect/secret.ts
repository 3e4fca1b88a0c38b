/**
 * Secrets by name or ARN, from AWS Secrets Manager or an emulator of it, in the forms that AWS Lambda defines.
 */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as v from 'valibot'
import type { Login } from '../core/endpoints.ts'

const login = v.object({ username: v.string(), password: v.string() })
const pem = v.pipe(v.string(), v.nonEmpty())
const certificate = v.object({
  certificate: pem,
  privateKey: pem,
  privateKeyPassword: v.optional(v.string()),
})
const authority = v.object({ certificate: pem })

/** A certificate of the client's own, PEM each. */
export type CertificateSecret = v.InferOutput<typeof certificate>

/** The login in a secret of the form `{"username","password"}`. The client's settings come from the environment unless given. */
export function readLogin(secretName: string, given?: SecretsManagerClient): Promise<Login> {
  return readForm(secretName, login, '{"username","password"}', given)
}

/** The certificate in a secret of the form `{"certificate","privateKey","privateKeyPassword"?}`. */
export function readCertificate(secretName: string, given?: SecretsManagerClient): Promise<CertificateSecret> {
  return readForm(secretName, certificate, '{"certificate","privateKey"}', given)
}

/** The PEM of an authority in a secret of the form `{"certificate"}`. */
export async function readAuthority(secretName: string, given?: SecretsManagerClient): Promise<string> {
  return (await readForm(secretName, authority, '{"certificate"}', given)).certificate
}

/** The text of a secret; empty where it holds none. Fails with the SDK's error. The client's settings come from the environment unless given. */
export async function readSecret(secretName: string, given?: SecretsManagerClient): Promise<string> {
  // Loaded with the first secret: a quarter of a function's start, and functions that prove themselves by role need none.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const client = given ?? new SecretsManagerClient()
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }))
  return SecretString ?? ''
}

async function readForm<T>(
  secretName: string,
  form: v.GenericSchema<unknown, T>,
  wanted: string,
  given: SecretsManagerClient | undefined,
): Promise<T> {
  const parsed = v.safeParse(form, parsedJson(await readSecret(secretName, given)))
  if (parsed.success) return parsed.output
  throw new Error(`secret ${secretName} holds no ${wanted}`)
}

/** Null for anything else. The parser's own message would quote the secret. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
