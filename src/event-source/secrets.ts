/**
 * The port through which secrets of mappings are read, and its adapter over Secrets Manager. Nothing is kept: a secret
 * that was rotated is taken on with the next reading.
 */
import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import { type CertificateSecret, readAuthority, readCertificate, readLogin } from '../connect/secret.ts'
import type { Login } from '../core/endpoints.ts'

/** Reads secrets by ARN or name. All reject with an error that names the secret and quotes nothing of it. */
export type Secrets = {
  login(id: string): Promise<Login>
  certificate(id: string): Promise<CertificateSecret>
  /** PEM. */
  authority(id: string): Promise<string>
}

/** No answer within these, in ms, and the reading has failed. */
const timeouts = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true }

/** Secrets of Secrets Manager, of AWS or of an emulator; `config` says endpoint, region and credentials. */
export function secretsManager(config: SecretsManagerClientConfig): Secrets {
  let client: SecretsManagerClient | undefined
  const reading = async <T>(read: (id: string, client: SecretsManagerClient) => Promise<T>, id: string): Promise<T> => {
    client ??= new SecretsManagerClient({ ...config, requestHandler: timeouts })
    try {
      return await read(id, client)
    } catch (cause) {
      const { name, message } = cause as Error
      const reason = name === 'Error' ? message : `secret ${id} could not be read: ${name}`
      throw new Error(reason, { cause })
    }
  }
  return {
    login: (id) => reading(readLogin, id),
    certificate: (id) => reading(readCertificate, id),
    authority: (id) => reading(readAuthority, id),
  }
}
