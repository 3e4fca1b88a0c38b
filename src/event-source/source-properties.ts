/**
 * Checks the properties of a mapping that say which Kafka it reads, self-managed or MSK, and as which group.
 */
import { type SourceAccess, sourceAccess } from './access-properties.ts'
import type { PropertyChecks } from './property-checks.ts'
import { type RegistryProperties, registryProperties } from './registry/registry-properties.ts'

/** Which Kafka a mapping reads, and as whom. */
export type SourceProperties = {
  /** `host:port` each; none for MSK, whose servers are asked for when the mapping begins. */
  readonly bootstrapServers: readonly string[]
  /** The cluster's ARN; null for a self-managed source. */
  readonly eventSourceArn: string | null
  readonly access: SourceAccess
  /** The schema registry that checks its records; null without one. */
  readonly schemaRegistry: RegistryProperties | null
  /** As deployed, else the mapping's id. */
  readonly consumerGroupId: string
}

/** Checks and completes them. Fails with MAPPING_INVALID. */
export function sourceProperties(
  id: string,
  properties: Record<string, unknown>,
  checks: PropertyChecks,
): SourceProperties {
  const isManaged = properties.EventSourceArn !== undefined
  const [own, other] = isManaged
    ? (['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'] as const)
    : (['SelfManagedKafkaEventSourceConfig', 'AmazonManagedKafkaEventSourceConfig'] as const)
  const unwanted = isManaged ? ['SelfManagedEventSource', other] : [other]
  for (const property of unwanted) {
    if (properties[property] === undefined) continue
    checks.refuse(property, properties[property], `to leave it out ${isManaged ? 'with' : 'without'} EventSourceArn`)
  }
  const eventSourceArn = isManaged ? arnOf(properties.EventSourceArn, checks) : null
  const region = eventSourceArn?.split(':')[3] ?? null
  return {
    bootstrapServers: isManaged ? [] : serversOf(properties.SelfManagedEventSource, checks),
    eventSourceArn,
    access: sourceAccess(properties.SourceAccessConfigurations, region, checks),
    ...configured(id, own, properties[own], checks),
  }
}

function arnOf(value: unknown, { text }: PropertyChecks): string {
  return text(
    'EventSourceArn',
    value,
    /^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/\S+$/,
    'the ARN of an MSK cluster',
  )
}

function serversOf(value: unknown, { object, list, text }: PropertyChecks): string[] {
  const source = object('SelfManagedEventSource', value, ['Endpoints'])
  const endpoints = object('SelfManagedEventSource.Endpoints', source.Endpoints, ['KafkaBootstrapServers'])
  const name = 'SelfManagedEventSource.Endpoints.KafkaBootstrapServers'
  const servers = list(name, endpoints.KafkaBootstrapServers, 'a list of host:port')
  return servers.map((server) => text(name, server, /^[^\s,:]+:\d{1,5}$/, 'a list of host:port'))
}

function configured(
  id: string,
  name: string,
  config: unknown,
  checks: PropertyChecks,
): Pick<SourceProperties, 'consumerGroupId' | 'schemaRegistry'> {
  const { object, refuse, text } = checks
  const allowed = '1 to 200 characters of a-z A-Z 0-9 - / * : _ + = . @'
  const pattern = /^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/
  const { ConsumerGroupId, ConsumptionMode, SchemaRegistryConfig } =
    config === undefined ? {} : object(name, config, ['ConsumerGroupId', 'ConsumptionMode', 'SchemaRegistryConfig'])
  if (ConsumptionMode !== undefined && ConsumptionMode !== 'Stream') {
    refuse(`${name}.ConsumptionMode`, ConsumptionMode, '"Stream": kafkajs knows no share groups')
  }
  const group = `${name}.ConsumerGroupId`
  return {
    consumerGroupId:
      ConsumerGroupId === undefined
        ? text(`${group} (the mapping's id unless given)`, id, pattern, allowed)
        : text(group, ConsumerGroupId, pattern, allowed),
    schemaRegistry: registryProperties(name, SchemaRegistryConfig, checks),
  }
}
