/**
 * Checks the SchemaRegistryConfig of a mapping.
 * Source: AWS Lambda API Reference, KafkaSchemaRegistryConfig.
 */
import { accessEntries } from '../access-properties.ts'
import type { PropertyChecks } from '../property-checks.ts'

/** Which registry checks a mapping's records, and how they reach the function. */
export type RegistryProperties = {
  readonly registry:
    | {
        readonly kind: 'confluent'
        readonly url: string
        /** Secrets by ARN or name. */
        readonly login: string | null
        readonly certificate: string | null
        readonly authority: string | null
      }
    | { readonly kind: 'glue'; readonly name: string; readonly region: string }
  /** As JSON, or as they were written without the registry's prefix. */
  readonly format: 'JSON' | 'SOURCE'
  readonly attributes: readonly ('key' | 'value')[]
}

const accessTypes = ['BASIC_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH', 'SERVER_ROOT_CA_CERTIFICATE']
const glueArn = /^arn:aws[a-z-]*:glue:([a-z0-9-]+):\d{12}:registry\/([^\s/]+)$/
const properties = ['SchemaRegistryURI', 'EventRecordFormat', 'AccessConfigs', 'SchemaValidationConfigs']

/** The registry of `<config>.SchemaRegistryConfig`; null without one. Fails with MAPPING_INVALID. */
export function registryProperties(config: string, value: unknown, checks: PropertyChecks): RegistryProperties | null {
  if (value === undefined) return null
  const name = `${config}.SchemaRegistryConfig`
  const { SchemaRegistryURI, EventRecordFormat, AccessConfigs, SchemaValidationConfigs } = checks.object(
    name,
    value,
    properties,
  )
  const format = EventRecordFormat === 'JSON' || EventRecordFormat === 'SOURCE' ? EventRecordFormat : null
  return {
    registry: registryOf(name, SchemaRegistryURI, AccessConfigs, checks),
    format: format ?? checks.refuse(`${name}.EventRecordFormat`, EventRecordFormat, '"JSON" or "SOURCE"'),
    attributes: attributesOf(`${name}.SchemaValidationConfigs`, SchemaValidationConfigs, checks),
  }
}

function registryOf(
  name: string,
  uri: unknown,
  access: unknown,
  checks: PropertyChecks,
): RegistryProperties['registry'] {
  const entries = accessEntries(`${name}.AccessConfigs`, access, accessTypes, checks)
  const [, region, glueName] = (typeof uri === 'string' && glueArn.exec(uri)) || []
  if (region && glueName) {
    if (entries.size === 0) return { kind: 'glue', name: glueName, region }
    checks.refuse(
      `${name}.AccessConfigs`,
      [...entries.keys()],
      'to leave it out with a Glue registry: the role is proof',
    )
  }
  const allowed =
    "the http or https URL of a registry with Confluent's API, without a login, or the ARN of a Glue registry"
  const secretOf = (type: string) => entries.get(type) ?? null
  const isUrl = typeof uri === 'string' && /^https?:\/\/[^\s@]+$/.test(uri) && URL.canParse(uri)
  return {
    kind: 'confluent',
    // What is refused may hold a login.
    url: isUrl ? uri : checks.refuse(`${name}.SchemaRegistryURI`, uri === undefined ? uri : 'something else', allowed),
    login: secretOf('BASIC_AUTH'),
    certificate: secretOf('CLIENT_CERTIFICATE_TLS_AUTH'),
    authority: secretOf('SERVER_ROOT_CA_CERTIFICATE'),
  }
}

function attributesOf(name: string, value: unknown, { list, object, refuse }: PropertyChecks): ('key' | 'value')[] {
  const named = list(name, value, 'a list of objects with Attribute').map((each, index) => {
    const { Attribute } = object(`${name}[${index}]`, each, ['Attribute'])
    if (Attribute === 'KEY' || Attribute === 'VALUE') return Attribute
    return refuse(`${name}[${index}].Attribute`, Attribute, '"KEY" or "VALUE"')
  })
  return (['key', 'value'] as const).filter((attribute) => named.includes(attribute.toUpperCase() as 'KEY' | 'VALUE'))
}
