/**
 * Secrets by name, from AWS Secrets Manager or an emulator of it.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Login } from '../core/endpoints.ts'

/** The login in a secret of the form `{"username","password"}`. The client's settings come from the environment unless given. */
export async function readLogin(secretName: string, client = new SecretsManagerClient()): Promise<Login> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }))
  return JSON.parse(SecretString ?? '{}') as Login
}
