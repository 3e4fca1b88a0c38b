/**
 * Settings of the AWS SDK's clients. On AWS the environment says all; elsewhere the emulator's endpoint does.
 */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AwsEndpoint } from '../core/endpoints.ts'

/** Client settings for an emulator. Its account id is its access key, as MiniStack and LocalStack have it. */
export function awsConfig({ endpoint, region, accountId }: AwsEndpoint) {
  return { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' } }
}

/** Where the credentials that sign come from. */
export type CredentialsSource = SecretsManagerClient['config']['credentials']

/**
 * What signs requests that no client of the SDK makes: the credentials of the process, found and renewed as every client
 * does, and its hash. Asked of a client that the layer holds anyway, as the packages themselves would come into it twice;
 * loaded with the first call, once, as it is a quarter of a function's start.
 */
export function signing(region: string): () => Promise<Pick<SecretsManagerClient['config'], 'credentials' | 'sha256'>> {
  const load = async () => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
    return new SecretsManagerClient({ region }).config
  }
  let loaded: ReturnType<typeof load> | null = null
  return () => {
    loaded ??= load()
    return loaded
  }
}
