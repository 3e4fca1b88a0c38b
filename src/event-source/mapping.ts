/**
 * Checks the property object of a deployed mapping and turns it into what the poller executes.
 * Not for reading it from where it is deployed: see mappings.ts.
 * Source: AWS CloudFormation Template Reference, AWS::Lambda::EventSourceMapping.
 */
import { SluiceError } from '../core/errors.ts'
import type { EventSourceMappingProperties } from '../core/event-source-mapping.ts'

/** An event source mapping, checked and complete. */
export type Mapping = {
  readonly id: string
  /** Name or ARN of the function. */
  readonly functionName: string
  readonly topic: string
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[]
  /** As deployed, else the mapping's id. */
  readonly consumerGroupId: string
  /** Used only where the group has committed nothing. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST'
  /** Records of one invocation at most. */
  readonly batchSize: number
  /** How long a batch waits for more records, in ms. */
  readonly windowMs: number
  /** Whether the function's answer may name single records that failed. */
  readonly failureUnit: 'batch' | 'record'
  readonly enabled: boolean
}

/** AWS's defaults: 100 records, 500 ms. */
const defaults = { batchSize: 100, windowMs: 500 } as const

/** Properties of AWS whose one value that changes nothing is accepted, until the poller does more. */
const inertValues: Readonly<Record<string, unknown>> = {
  BisectBatchOnFunctionError: false,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
}

const supported: ReadonlySet<string> = new Set([
  'FunctionName',
  'Topics',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'StartingPosition',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'Enabled',
] satisfies (keyof EventSourceMappingProperties)[])

/** The mapping with that id. Fails with MAPPING_INVALID, naming property, value and what is allowed. */
export function parseMapping(id: string, properties: unknown): Mapping {
  const refuse = (property: string, value: unknown, allowed: string): never => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value)
    throw new SluiceError('MAPPING_INVALID', `mapping "${id}": ${property} is ${text}, allowed is ${allowed}`)
  }
  const object = (property: string, value: unknown, keys: readonly string[]): Record<string, unknown> => {
    if (!isObject(value)) return refuse(property, value, `an object with ${keys.join(' and ')}`)
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) refuse(`${property}.${key}`, value[key], 'to leave it out: it is not supported')
    }
    return value
  }
  const text = (property: string, value: unknown, pattern: RegExp, allowed: string): string =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(property, value, allowed)
  const integer = (property: string, value: unknown, min: number, max: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(property, value, `an integer from ${min} to ${max}`)
  const list = (property: string, value: unknown, allowed: string): readonly unknown[] =>
    Array.isArray(value) && value.length > 0 ? value : refuse(property, value, allowed)

  if (!isObject(properties)) return refuse('the property object', properties, 'an object')
  for (const [property, value] of Object.entries(properties)) {
    if (supported.has(property)) continue
    if (!(property in inertValues)) refuse(property, value, 'to leave it out: it is not supported')
    else if (value !== inertValues[property]) refuse(property, value, `${inertValues[property]}: more is not supported`)
  }

  const topics = list('Topics', properties.Topics, 'a list of one topic')
  if (topics.length !== 1) refuse('Topics', topics, 'a list of one topic')
  const source = object('SelfManagedEventSource', properties.SelfManagedEventSource, ['Endpoints'])
  const endpoints = object('SelfManagedEventSource.Endpoints', source.Endpoints, ['KafkaBootstrapServers'])
  const serversName = 'SelfManagedEventSource.Endpoints.KafkaBootstrapServers'
  const servers = list(serversName, endpoints.KafkaBootstrapServers, 'a list of host:port')
  const group = consumerGroup(properties.SelfManagedKafkaEventSourceConfig)
  const { BatchSize: batchSize, MaximumBatchingWindowInSeconds: windowSeconds, Enabled: enabled } = properties
  if (enabled !== undefined && typeof enabled !== 'boolean') refuse('Enabled', enabled, 'true or false')

  function consumerGroup(config: unknown): string {
    const name = 'SelfManagedKafkaEventSourceConfig'
    const allowed = '1 to 200 characters of a-z A-Z 0-9 - / * : _ + = . @'
    const pattern = /^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/
    const { ConsumerGroupId, ConsumptionMode } =
      config === undefined ? {} : object(name, config, ['ConsumerGroupId', 'ConsumptionMode'])
    if (ConsumptionMode !== undefined && ConsumptionMode !== 'Stream') {
      refuse(`${name}.ConsumptionMode`, ConsumptionMode, '"Stream": kafkajs knows no share groups')
    }
    if (ConsumerGroupId !== undefined) return text(`${name}.ConsumerGroupId`, ConsumerGroupId, pattern, allowed)
    return text(`${name}.ConsumerGroupId (the mapping's id unless given)`, id, pattern, allowed)
  }

  function startingPosition(value: unknown): Mapping['startingPosition'] {
    if (value === 'TRIM_HORIZON' || value === 'LATEST') return value
    return refuse('StartingPosition', value, '"TRIM_HORIZON" or "LATEST"')
  }

  function failureUnit(value: unknown): Mapping['failureUnit'] {
    if (value === undefined) return 'batch'
    const types = Array.isArray(value) ? value : [value]
    if (types.some((type) => type !== 'ReportBatchItemFailures')) {
      refuse('FunctionResponseTypes', value, '[] or ["ReportBatchItemFailures"]')
    }
    return types.length === 0 ? 'batch' : 'record'
  }

  return {
    id,
    functionName: text('FunctionName', properties.FunctionName, /^\S{1,200}$/, 'a function name or ARN'),
    topic: text('Topics[0]', topics[0], /^[a-zA-Z0-9._-]{2,249}$/, '2 to 249 characters of a-z A-Z 0-9 . _ -'),
    bootstrapServers: servers.map((server) => text(serversName, server, /^[^\s,:]+:\d{1,5}$/, 'a list of host:port')),
    consumerGroupId: group,
    startingPosition: startingPosition(properties.StartingPosition),
    batchSize: batchSize === undefined ? defaults.batchSize : integer('BatchSize', batchSize, 1, 10_000),
    windowMs:
      windowSeconds === undefined
        ? defaults.windowMs
        : integer('MaximumBatchingWindowInSeconds', windowSeconds, 0, 300) * 1000,
    failureUnit: failureUnit(properties.FunctionResponseTypes),
    enabled: enabled !== false,
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
