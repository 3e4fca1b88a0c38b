/**
 * Settings of the AWS SDK's clients, and what it means when nobody answers them. On AWS the environment says all; elsewhere the emulator's endpoint does.
 */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AwsEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'

/** Client settings for an emulator. Its account id is its access key, as MiniStack and LocalStack have it. */
export function awsConfig({ endpoint, region, accountId }: AwsEndpoint) {
  return { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' } }
}

/**
 * An answer of an AWS API of the emulator. Where nobody answers, or the service fails, it becomes AWS_UNAVAILABLE with what was
 * asked for; an answer that refuses stays the SDK's own error.
 */
export async function awsAnswer<T>({ endpoint }: AwsEndpoint, what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    const { name, code, $metadata } = cause as Error & { code?: string; $metadata?: { httpStatusCode?: number } }
    const status = $metadata?.httpStatusCode
    if (!$metadata || (status !== undefined && status < 500)) throw cause
    const how = status ? `status ${status}` : (code ?? name)
    throw new SluiceError(
      'AWS_UNAVAILABLE',
      `the AWS APIs at ${endpoint} did not answer the request for ${what} (${how}): see what "npm run sluice -- doctor" says of them, or start the environment again`,
      { cause },
    )
  }
}

/** The host of a service's API in a region. */
export function awsHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
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
