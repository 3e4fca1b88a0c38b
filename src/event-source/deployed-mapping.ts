/**
 * A mapping as it was found deployed, and what can be said against running it so. Pure.
 */
import { SluiceError } from '../core/errors.ts'
import { type Mapping, parseMapping } from './mapping.ts'
import { registryNeedsSecrets } from './registry/open-registry.ts'
import { needsSecrets } from './source-security.ts'

/** What was found under one id. */
export type DeployedMapping = {
  readonly id: string
  /** Null when the definition is refused. */
  readonly mapping: Mapping | null
  /** Why the definition is refused; null when it is not. */
  readonly problem: string | null
  /** Whether an operator wants it to run; null leaves that to the definition. */
  readonly wanted: boolean | null
}

/** Checks a property object; what is wrong with it becomes the problem. */
export function deployedMapping(id: string, properties: () => unknown, wanted: boolean | null): DeployedMapping {
  try {
    return { id, mapping: parseMapping(id, properties()), problem: null, wanted }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { id, mapping: null, problem: error.message, wanted }
  }
}

/** What a poller may have been started without. */
type Port = 'openDestination' | 'bootstrapServersOf' | 'secrets'

/**
 * Refuses those that share a consumer group with one before them, or with one of the `accepted` mappings, which keep
 * theirs whatever was found of them: members of one group that subscribe to different topics would leave partitions
 * unread; to one topic, split it. And those that need a port which is null.
 */
export function refuseConflicts(
  found: readonly DeployedMapping[],
  { openDestination, bootstrapServersOf, secrets }: Readonly<Record<Port, unknown>>,
  accepted: readonly Mapping[],
): DeployedMapping[] {
  const owners = new Map(accepted.map((mapping) => [groupOf(mapping), mapping.id]))
  return found.map((each) => {
    const { id, mapping } = each
    if (!mapping) return each
    const owner = owners.get(groupOf(mapping)) ?? id
    owners.set(groupOf(mapping), owner)
    const refuse = (sentence: string) => ({ ...each, mapping: null, problem: `mapping "${id}": ${sentence}` })
    if (owner !== id) {
      const group = mapping.consumerGroupId
      return refuse(`ConsumerGroupId is "${group}", which mapping "${owner}" uses; allowed is a group of its own`)
    }
    if (mapping.destination && openDestination === null) {
      return refuse('DestinationConfig is set, and this poller was started without a way to open destinations')
    }
    if (mapping.eventSourceArn !== null && bootstrapServersOf === null) {
      return refuse('EventSourceArn is set, and this poller was started without a way to find the brokers of a cluster')
    }
    if (needsSecrets(mapping.access) && secrets === null) {
      return refuse('SourceAccessConfigurations names secrets, and this poller was started without a way to read them')
    }
    if (mapping.schemaRegistry && registryNeedsSecrets(mapping.schemaRegistry) && secrets === null) {
      return refuse('SchemaRegistryConfig names secrets, and this poller was started without a way to read them')
    }
    return each
  })
}

function groupOf({ bootstrapServers, eventSourceArn, consumerGroupId }: Mapping): string {
  return JSON.stringify([bootstrapServers, eventSourceArn, consumerGroupId])
}

/** What a mapping reads, and as whom, by the name of the property: fixed when it is created. */
const fixed = {
  topic: 'Topics',
  bootstrapServers: 'SelfManagedEventSource',
  eventSourceArn: 'EventSourceArn',
  consumerGroupId: 'ConsumerGroupId',
  startingPosition: 'StartingPosition',
} as const satisfies Partial<Record<keyof Mapping, string>>

/** Why a new definition cannot replace another; null when it can. */
export function refusedChange(known: Mapping, next: Mapping): string | null {
  for (const [key, property] of Object.entries(fixed)) {
    const [before, after] = [known, next].map((mapping) => JSON.stringify(mapping[key as keyof typeof fixed]))
    if (before === after) continue
    return `mapping "${next.id}": ${property} is ${after} and was ${before}, allowed is to delete the mapping and create another; the one before goes on`
  }
  return null
}

/** Names the properties that AWS offers in provisioned mode only, when a mapping is not in it; null when all is well. */
export function provisionedWarning(mapping: Mapping): string | null {
  if (mapping.pollers) return null
  const used = [
    ...(mapping.retries === null ? [] : ['MaximumRetryAttempts']),
    ...(mapping.maxRecordAgeMs === null ? [] : ['MaximumRecordAgeInSeconds']),
    ...(mapping.bisect ? ['BisectBatchOnFunctionError'] : []),
    ...(mapping.failureUnit === 'record' ? ['FunctionResponseTypes'] : []),
    ...(mapping.schemaRegistry ? ['SchemaRegistryConfig'] : []),
    ...(mapping.destination?.kind === 'kafka' ? ['a Kafka topic as destination'] : []),
  ]
  if (used.length === 0) return null
  return `mapping "${mapping.id}": AWS offers ${used.join(', ')} in provisioned mode only: add ProvisionedPollerConfig`
}
