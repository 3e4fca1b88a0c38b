/**
 * Settings of the AWS SDK's clients. On AWS the environment says all; elsewhere the emulator's endpoint does.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AwsEndpoint } from '../core/endpoints.ts'

/** Client settings for an emulator. Its account id is its access key, as MiniStack and LocalStack have it. */
export function awsConfig({ endpoint, region, accountId }: AwsEndpoint) {
  return { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' } }
}

/** The credentials of the process, found and renewed as every client of the SDK does. */
export function defaultCredentials(): SecretsManagerClient['config']['credentials'] {
  return new SecretsManagerClient().config.credentials
}
