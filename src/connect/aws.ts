/**
 * Settings of the AWS SDK's clients. On AWS the environment says all; elsewhere the emulator's endpoint does.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AwsEndpoint } from '../core/endpoints.ts'

/** Client settings for an emulator. Its account id is its access key, as MiniStack and LocalStack have it. */
export function awsConfig({ endpoint, region, accountId }: AwsEndpoint) {
  return { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' } }
}

/** Where the credentials that sign come from. */
export type CredentialsSource = SecretsManagerClient['config']['credentials']

/**
 * What signs requests that no client of the SDK makes: the credentials of the process, found and renewed as every client
 * does, and its hash. Asked of a client that the layer holds anyway, as the packages themselves would come into it twice.
 */
export function signing(region: string): Pick<SecretsManagerClient['config'], 'credentials' | 'sha256'> {
  return new SecretsManagerClient({ region }).config
}
