/**
 * Checks the property object of a deployed mapping and turns it into what the poller executes.
 * Not for reading it from where it is deployed: see mappings.ts.
 * Source: AWS CloudFormation Template Reference, AWS::Lambda::EventSourceMapping.
 */
import type { StartingPosition } from '../connect/kafka-consumer-port.ts'
import type { EventSourceMappingProperties } from '../core/event-source-mapping.ts'
import { type FailureProperties, failureProperties } from './failure-properties.ts'
import { filterPatterns } from './filter/filter-criteria.ts'
import { isObject, type PropertyChecks, propertyChecks } from './property-checks.ts'
import type { MappingRange } from './range.ts'
import { type SourceProperties, sourceProperties } from './source-properties.ts'

/** An event source mapping, checked and complete: plain data. */
export type Mapping = SourceProperties &
  FailureProperties & {
    readonly id: string
    /** Name or ARN of the function. */
    readonly functionName: string
    readonly topic: string
    /** Used only where the group has committed nothing. */
    readonly startingPosition: StartingPosition
    /** Records of one invocation at most. */
    readonly batchSize: number
    /** How long a batch waits for more records, in ms. */
    readonly windowMs: number
    /** Bounds of provisioned mode; null for on-demand mode, which has one poller. */
    readonly pollers: { readonly min: number; readonly max: number } | null
    /** Records that fit one of these event patterns go to the function; all of them when there is none. */
    readonly filterPatterns: readonly string[]
    readonly enabled: boolean
    /** The part of the topic that is read, and then no more; the starting position is its own. Null for all of the topic. */
    readonly range: MappingRange | null
  }

/** AWS's defaults: 100 records, 500 ms. */
const defaults = { batchSize: 100, windowMs: 500 } as const

const supported: ReadonlySet<string> = new Set([
  'FunctionName',
  'Topics',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'EventSourceArn',
  'AmazonManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'StartingPosition',
  'StartingPositionTimestamp',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'DestinationConfig',
  'ProvisionedPollerConfig',
  'MetricsConfig',
  'FilterCriteria',
  'Enabled',
] satisfies (keyof EventSourceMappingProperties)[])

/** The mapping with that id. Fails with MAPPING_INVALID, naming property, value and what is allowed. */
export function parseMapping(id: string, properties: unknown): Mapping {
  const checks = propertyChecks(id)
  const { refuse, text, integer } = checks
  if (!isObject(properties)) return refuse('the property object', properties, 'an object')
  for (const [property, value] of Object.entries(properties)) {
    if (!supported.has(property)) refuse(property, value, 'to leave it out: it is not supported')
  }
  checkMetrics(properties.MetricsConfig, checks)
  const topic = topicOf(properties.Topics, checks)
  const { BatchSize: batchSize, MaximumBatchingWindowInSeconds: windowSeconds } = properties
  return {
    id,
    functionName: text('FunctionName', properties.FunctionName, /^\S{1,200}$/, 'a function name or ARN'),
    topic,
    ...sourceProperties(id, properties, checks),
    startingPosition: startingPosition(properties, checks),
    batchSize: batchSize === undefined ? defaults.batchSize : integer('BatchSize', batchSize, 1, 10_000),
    windowMs:
      windowSeconds === undefined
        ? defaults.windowMs
        : integer('MaximumBatchingWindowInSeconds', windowSeconds, 0, 300) * 1000,
    ...failureProperties(properties, topic, checks),
    filterPatterns: filterPatterns(properties.FilterCriteria, checks),
    pollers: pollersOf(properties.ProvisionedPollerConfig, checks),
    enabled: checks.flag('Enabled', properties.Enabled, true),
    range: null,
  }
}

function topicOf(value: unknown, { list, refuse, text }: PropertyChecks): string {
  const topics = list('Topics', value, 'a list of one topic')
  if (topics.length !== 1) refuse('Topics', topics, 'a list of one topic')
  return text('Topics[0]', topics[0], /^[a-zA-Z0-9._-]{2,249}$/, '2 to 249 characters of a-z A-Z 0-9 . _ -')
}

function pollersOf(value: unknown, { object, integer, refuse, text }: PropertyChecks): Mapping['pollers'] {
  if (value === undefined) return null
  const name = 'ProvisionedPollerConfig'
  const config = object(name, value, ['MinimumPollers', 'MaximumPollers', 'PollerGroupName'])
  const { MinimumPollers, MaximumPollers, PollerGroupName } = config
  const min = MinimumPollers === undefined ? 1 : integer(`${name}.MinimumPollers`, MinimumPollers, 1, 200)
  const max = MaximumPollers === undefined ? 200 : integer(`${name}.MaximumPollers`, MaximumPollers, 1, 2_000)
  if (min > max) refuse(`${name}.MinimumPollers`, min, `at most MaximumPollers, which is ${max}`)
  // A group shares its pollers on AWS for the sake of cost alone.
  if (PollerGroupName !== undefined) text(`${name}.PollerGroupName`, PollerGroupName, /^\S{1,128}$/, 'a name')
  return { min, max }
}

function checkMetrics(value: unknown, { object, refuse }: PropertyChecks): void {
  if (value === undefined) return
  const { Metrics = [] } = object('MetricsConfig', value, ['Metrics'])
  const known = ['EventCount', 'ErrorCount', 'KafkaMetrics']
  // All of them are counted in any case.
  if (!Array.isArray(Metrics) || !Metrics.every((each) => known.includes(each))) {
    refuse('MetricsConfig.Metrics', Metrics, `a list of ${known.join(', ')}`)
  }
}

function startingPosition(properties: Record<string, unknown>, { refuse }: PropertyChecks): StartingPosition {
  const { StartingPosition: position, StartingPositionTimestamp: timestamp } = properties
  const isTime = position === 'AT_TIMESTAMP'
  if (!isTime && timestamp !== undefined) {
    refuse('StartingPositionTimestamp', timestamp, 'to leave it out unless StartingPosition is "AT_TIMESTAMP"')
  }
  if (position === 'TRIM_HORIZON' || position === 'LATEST') return position
  if (!isTime) return refuse('StartingPosition', position, '"TRIM_HORIZON", "LATEST" or "AT_TIMESTAMP"')
  const timestampMs = typeof timestamp === 'number' ? Math.round(timestamp * 1000) : Number.NaN
  if (timestampMs >= 0 && timestampMs <= Date.now()) return { timestampMs }
  return refuse('StartingPositionTimestamp', timestamp, 'a time in Unix seconds that is not in the future')
}
