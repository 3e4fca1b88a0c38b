/**
 * From what a function's environment says to what the connections need: secrets are read here.
 */
import { readLogin } from '../connect/secret.ts'
import type { CassandraEndpoint, KafkaSecurity, KeyspacesEndpoint, RegistryEndpoint } from '../core/endpoints.ts'
import type { CassandraAccess, KafkaAccess, RegistryAccess } from '../core/environment.ts'

/** Kafka's security, with the login read from its secret. Fails with the SDK's error when Secrets Manager does not answer. */
export async function kafkaSecurity(access: KafkaAccess): Promise<KafkaSecurity> {
  if (access.kind !== 'scram') return access
  return { kind: 'scram', mechanism: 'scram-sha-512', login: await readLogin(access.secret) }
}

/** Cassandra's endpoint, with the login read from its secret. Fails with the SDK's error when Secrets Manager does not answer. */
export async function cassandraEndpoint(access: CassandraAccess): Promise<CassandraEndpoint | KeyspacesEndpoint> {
  if (access.kind === 'keyspaces') return { region: access.region }
  const { host, port, localDataCenter, secret } = access
  return { host, port, localDataCenter, login: await readLogin(secret) }
}

/** The registry's endpoint. */
export function registryEndpoint(access: RegistryAccess): RegistryEndpoint {
  return access.kind === 'glue' ? { glueRegistry: access.name, region: access.region } : { url: access.url }
}
