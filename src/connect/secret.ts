/**
 * Secrets by name, from AWS Secrets Manager or an emulator of it.
 */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Login } from '../core/endpoints.ts'

/** The login in a secret of the form `{"username","password"}`. The client's settings come from the environment unless given. */
export async function readLogin(secretName: string, given?: SecretsManagerClient): Promise<Login> {
  // Loaded with the first secret: a quarter of a function's start, and functions that prove themselves by role need none.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const client = given ?? new SecretsManagerClient()
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }))
  const login = parsedLogin(SecretString ?? '')
  if (!login) throw new Error(`secret ${secretName} holds no {"username","password"}`)
  return login
}

/** Null for anything else. The parser's own message would quote the secret. */
function parsedLogin(text: string): Login | null {
  try {
    const { username, password } = JSON.parse(text)
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : null
  } catch {
    return null
  }
}
