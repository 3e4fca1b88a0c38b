/**
 * The Cassandra login as a secret in the emulator, where deployed functions look for it.
 */
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { awsConfig } from '../connect/aws.ts'
import type { AwsEndpoint, Login } from '../core/endpoints.ts'

/** Name of the secret; its value is JSON with `username` and `password`. */
export const loginSecretName = 'sluice/cassandra'

/** Creates the secret, or gives it the login as its current value. */
export async function storeLogin(endpoint: AwsEndpoint, login: Login): Promise<void> {
  const client = new SecretsManagerClient({ ...awsConfig(endpoint), maxAttempts: 1 })
  const SecretString = JSON.stringify(login)
  try {
    await client.send(new CreateSecretCommand({ Name: loginSecretName, SecretString }))
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error
    await client.send(new PutSecretValueCommand({ SecretId: loginSecretName, SecretString }))
  } finally {
    client.destroy()
  }
}
