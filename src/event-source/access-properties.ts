/**
 * Checks the lists of `{Type, URI}` by which a mapping says how it proves who it is: to Kafka, or to a schema registry.
 * Not for reading the secrets that they name: see secrets.ts.
 * Source: AWS Lambda API Reference, SourceAccessConfiguration and KafkaSchemaRegistryAccessConfig.
 */
import type { PropertyChecks } from './property-checks.ts'

/** How a mapping proves to Kafka who it is. Secrets are named by ARN or name; without an authority the public ones are trusted. */
export type SourceAccess =
  | { readonly kind: 'none' }
  | { readonly kind: 'encrypted'; readonly authority: string }
  | {
      readonly kind: 'login'
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly secret: string
      readonly authority: string | null
    }
  | { readonly kind: 'certificate'; readonly secret: string; readonly authority: string | null }
  /** A cluster of MSK without anything else: the credentials of the process. */
  | { readonly kind: 'role'; readonly region: string }

const mechanisms = {
  BASIC_AUTH: 'plain',
  SASL_SCRAM_256_AUTH: 'scram-sha-256',
  SASL_SCRAM_512_AUTH: 'scram-sha-512',
} as const
const logins = Object.keys(mechanisms) as (keyof typeof mechanisms)[]
/** A network has no meaning here; a mapping may name several subnets and groups. */
const withoutEffect = ['VPC_SUBNET', 'VPC_SECURITY_GROUP']
const managedTypes = [...withoutEffect, 'SASL_SCRAM_512_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH']
const selfManagedTypes = [...withoutEffect, ...logins, 'CLIENT_CERTIFICATE_TLS_AUTH', 'SERVER_ROOT_CA_CERTIFICATE']

/** Checks SourceAccessConfigurations; `region` is that of a cluster of MSK, null for a self-managed source. Fails with MAPPING_INVALID. */
export function sourceAccess(value: unknown, region: string | null, checks: PropertyChecks): SourceAccess {
  const name = 'SourceAccessConfigurations'
  const entries = accessEntries(name, value, region === null ? selfManagedTypes : managedTypes, checks)
  const authority = entries.get('SERVER_ROOT_CA_CERTIFICATE') ?? null
  const ways = [...logins, 'CLIENT_CERTIFICATE_TLS_AUTH'].filter((type) => entries.has(type))
  if (ways.length > 1) {
    checks.refuse(`${name}: Type`, ways, `one of ${ways.join(' and ')}: they are different ways to prove the same`)
  }
  const login = logins.find((type) => entries.has(type))
  if (login) return { kind: 'login', mechanism: mechanisms[login], secret: entries.get(login) ?? '', authority }
  const certificate = entries.get('CLIENT_CERTIFICATE_TLS_AUTH')
  if (certificate !== undefined) return { kind: 'certificate', secret: certificate, authority }
  if (region !== null) return { kind: 'role', region }
  return authority === null ? { kind: 'none' } : { kind: 'encrypted', authority }
}

/** The URIs of a list by their types, each type at most once. Fails with MAPPING_INVALID, never quoting a URI: it may be a secret, put there by mistake. */
export function accessEntries(
  name: string,
  value: unknown,
  types: readonly string[],
  { object, refuse }: PropertyChecks,
): ReadonlyMap<string, string> {
  const entries = new Map<string, string>()
  if (value === undefined) return entries
  const list: readonly unknown[] = Array.isArray(value)
    ? value
    : refuse(name, typeof value, 'a list of objects with Type and URI')
  for (const [index, each] of list.entries()) {
    const { Type, URI } = object(`${name}[${index}]`, each, ['Type', 'URI'])
    const type = String(Type)
    if (!types.includes(type)) refuse(`${name}[${index}].Type`, Type, types.join(' or '))
    if (typeof URI !== 'string' || !/^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/.test(URI)) {
      const given = typeof URI === 'string' ? 'a text of another form' : URI === undefined ? undefined : typeof URI
      refuse(`${name}[${index}].URI`, given, 'the ARN or name of a secret, 1 to 200 characters')
    }
    if (withoutEffect.includes(type)) continue
    if (entries.has(type)) refuse(`${name}[${index}].Type`, Type, 'each type once')
    entries.set(type, URI as string)
  }
  return entries
}
