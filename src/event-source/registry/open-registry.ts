/**
 * Opens the schema registry of a mapping, with the secrets that it names read now.
 */
import { connectRegistry } from '../../connect/registry.ts'
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Secrets } from '../secrets.ts'
import type { RegistryProperties } from './registry-properties.ts'

/** Whether secrets have to be read for it. */
export function registryNeedsSecrets({ registry }: RegistryProperties): boolean {
  return registry.kind === 'confluent' && [registry.login, registry.certificate, registry.authority].some(Boolean)
}

/** A client of the registry. Fails with REGISTRY_UNAVAILABLE when the secrets cannot be read. */
export async function openRegistry(
  { registry }: Pick<RegistryProperties, 'registry'>,
  secrets: Secrets | null,
): Promise<SchemaRegistry> {
  if (registry.kind === 'glue') return connectRegistry({ glueRegistry: registry.name, region: registry.region })
  const { url, login, certificate, authority } = registry
  // A mapping that names secrets is refused where none can be read.
  const read = secrets as Secrets
  try {
    const own = certificate === null ? null : await read.certificate(certificate)
    const passphrase = own?.privateKeyPassword === undefined ? {} : { passphrase: own.privateKeyPassword }
    const tls = {
      ...(authority === null ? {} : { ca: await read.authority(authority) }),
      ...(own ? { certificate: own.certificate, privateKey: own.privateKey, ...passphrase } : {}),
    }
    return connectRegistry({
      url,
      ...(login === null ? {} : { login: await read.login(login) }),
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
    })
  } catch (cause) {
    const { message } = cause as Error
    throw new SluiceError('REGISTRY_UNAVAILABLE', `the schema registry was not asked: ${message}`, { cause })
  }
}
