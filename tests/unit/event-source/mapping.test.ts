import { describe, expect, test } from 'vitest'
import type { SluiceError } from '../../../src/core/errors.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'

const least = {
  FunctionName: 'writer',
  Topics: ['users_created'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h1:9092', 'h2:9092'] } },
  StartingPosition: 'TRIM_HORIZON',
}

test("fills in AWS's defaults", () => {
  expect(parseMapping('users-write', least)).toEqual({
    id: 'users-write',
    functionName: 'writer',
    topic: 'users_created',
    bootstrapServers: ['h1:9092', 'h2:9092'],
    consumerGroupId: 'users-write',
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    windowMs: 500,
    eventSourceArn: null,
    access: { kind: 'none' },
    schemaRegistry: null,
    failureUnit: 'batch',
    retries: null,
    maxRecordAgeMs: null,
    bisect: false,
    destination: null,
    filterPatterns: [],
    pollers: null,
    enabled: true,
    range: null,
  })
})

test('takes what is deployed', () => {
  const mapping = parseMapping('id', {
    ...least,
    StartingPosition: 'LATEST',
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a/b:c', ConsumptionMode: 'Stream' },
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    Enabled: false,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 0,
    MaximumRecordAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } },
    FilterCriteria: { Filters: [{ Pattern: '{"value":{"a":[1]}}' }] },
  })
  expect(mapping).toMatchObject({
    startingPosition: 'LATEST',
    consumerGroupId: 'a/b:c',
    batchSize: 10_000,
    windowMs: 0,
    failureUnit: 'record',
    retries: 0,
    maxRecordAgeMs: 60_000,
    bisect: true,
    destination: { kind: 'kafka', topic: 'failed' },
    enabled: false,
  })
  expect(mapping.filterPatterns).toEqual(['{"value":{"a":[1]}}'])
})

test('takes a cluster of MSK', () => {
  const EventSourceArn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1'
  const { SelfManagedEventSource: _, ...rest } = least
  const config = { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g' } }
  const access = { SourceAccessConfigurations: [{ Type: 'VPC_SUBNET', URI: 'subnet:subnet-1' }] }
  expect(parseMapping('id', { ...rest, EventSourceArn, ...config, ...access })).toMatchObject({
    eventSourceArn: EventSourceArn,
    access: { kind: 'role', region: 'eu-west-1' },
    bootstrapServers: [],
    consumerGroupId: 'g',
  })
})

test('takes a time to begin at', () => {
  const mapping = parseMapping('id', { ...least, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1.5 })
  expect(mapping.startingPosition).toEqual({ timestampMs: 1500 })
})

test.each([
  ['sqs', 'arn:aws:sqs:eu-west-1:123456789012:failed'],
  ['sns', 'arn:aws:sns:eu-west-1:123456789012:failed'],
  ['s3', 'arn:aws:s3:::failed'],
])('takes a destination of kind %s', (kind, arn) => {
  const mapping = parseMapping('id', { ...least, DestinationConfig: { OnFailure: { Destination: arn } } })
  expect(mapping.destination).toEqual({ kind, arn })
})

describe('refuses, naming property, value and what is allowed', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ FunctionName: undefined }, 'FunctionName is nothing, allowed is a function name or ARN'],
    [{ FunctionName: '' }, 'FunctionName is ""'],
    [{ Topics: [] }, 'Topics is [], allowed is a list of one topic'],
    [{ Topics: ['aa', 'bb'] }, 'Topics is ["aa","bb"], allowed is a list of one topic'],
    [{ Topics: ['a'] }, 'Topics[0] is "a", allowed is 2 to 249 characters'],
    [{ Topics: ['a"b'] }, 'Topics[0] is "a\\"b"'],
    [{ SelfManagedEventSource: {} }, 'SelfManagedEventSource.Endpoints is nothing'],
    [
      { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h1'] } } },
      'KafkaBootstrapServers is "h1", allowed is a list of host:port',
    ],
    [{ StartingPosition: undefined }, 'StartingPosition is nothing, allowed is "TRIM_HORIZON", "LATEST" or'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPositionTimestamp is nothing, allowed is a time in Unix seconds'],
    [
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: Date.now() / 1000 + 60 },
      'allowed is a time in Unix seconds that is not in the future',
    ],
    [{ StartingPositionTimestamp: 1 }, 'StartingPositionTimestamp is 1, allowed is to leave it out'],
    [{ BatchSize: 0 }, 'BatchSize is 0, allowed is an integer from 1 to 10000'],
    [{ BatchSize: 10_001 }, 'BatchSize is 10001'],
    [{ BatchSize: '7' }, 'BatchSize is "7"'],
    [{ BatchSize: null }, 'BatchSize is null'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'MaximumBatchingWindowInSeconds is 301, allowed is an integer from 0'],
    [{ MaximumBatchingWindowInSeconds: 0.5 }, 'MaximumBatchingWindowInSeconds is 0.5'],
    [{ FunctionResponseTypes: ['Report'] }, 'FunctionResponseTypes is ["Report"]'],
    [{ Enabled: 'yes' }, 'Enabled is "yes", allowed is true or false'],
    [{ BisectBatchOnFunctionError: 1 }, 'BisectBatchOnFunctionError is 1, allowed is true or false'],
    [{ MaximumRetryAttempts: -2 }, 'MaximumRetryAttempts is -2, allowed is -1 or an integer from 0 to 10000'],
    [{ MaximumRetryAttempts: 10_001 }, 'MaximumRetryAttempts is 10001'],
    [
      { MaximumRecordAgeInSeconds: 59 },
      'MaximumRecordAgeInSeconds is 59, allowed is -1 or an integer from 60 to 604800',
    ],
    [{ FilterCriteria: { Filters: [{}] } }, 'FilterCriteria.Filters[0].Pattern is nothing'],
    [{ FilterCriteria: { Filters: Array(11).fill({ Pattern: '{}' }) } }, 'allowed is a list of up to 10 objects'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{' }] } }, 'this one is not JSON'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"key":["a"]}' }] } }, 'this one filters on "key"'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"value":{"a":[{"like":1}]}}' }] } }, 'has the matcher {"like":1}'],
    [{ DestinationConfig: { OnSuccess: {} } }, 'DestinationConfig.OnSuccess is {}, allowed is to leave it out'],
    [{ DestinationConfig: { OnFailure: { Destination: 'queue' } } }, 'Destination is "queue", allowed is the ARN of'],
    [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:::q' } } }, 'allowed is the ARN of an SQS queue'],
    [
      { DestinationConfig: { OnFailure: { Destination: 'kafka://users_created' } } },
      'Destination is "kafka://users_created", allowed is a topic that is not the source',
    ],
    [{ ProvisionedPollerConfig: { MinimumPollers: 0 } }, 'MinimumPollers is 0, allowed is an integer from 1 to 200'],
    [{ ProvisionedPollerConfig: { MaximumPollers: 2_001 } }, 'MaximumPollers is 2001, allowed is an integer from 1'],
    [
      { ProvisionedPollerConfig: { MinimumPollers: 3, MaximumPollers: 2 } },
      'MinimumPollers is 3, allowed is at most MaximumPollers, which is 2',
    ],
    [{ ProvisionedPollerConfig: { Pollers: 1 } }, 'ProvisionedPollerConfig.Pollers is 1, allowed is to leave it out'],
    [{ MetricsConfig: { Metrics: ['All'] } }, 'MetricsConfig.Metrics is ["All"], allowed is a list of EventCount'],
    [{ LoggingConfig: { SystemLogLevel: 'INFO' } }, 'LoggingConfig is {"SystemLogLevel":"INFO"}, allowed is to leave'],
    [{ SourceAccessConfigurations: {} }, 'SourceAccessConfigurations is "object", allowed is a list of objects'],
    [
      { SourceAccessConfigurations: [{ Type: 'VIRTUAL_HOST', URI: 'arn' }] },
      'SourceAccessConfigurations[0].Type is "VIRTUAL_HOST", allowed is VPC_SUBNET or VPC_SECURITY_GROUP or BASIC_AUTH',
    ],
    [{ EventSourceArn: 'arn:aws:sqs:::q', SelfManagedEventSource: undefined }, 'allowed is the ARN of an MSK cluster'],
    [{ EventSourceArn: 'arn' }, 'allowed is to leave it out with EventSourceArn'],
    [{ AmazonManagedKafkaEventSourceConfig: {} }, 'is {}, allowed is to leave it out without EventSourceArn'],
    [{ BatchSise: 5 }, 'BatchSise is 5, allowed is to leave it out: it is not supported'],
    [
      { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a b' } },
      'SelfManagedKafkaEventSourceConfig.ConsumerGroupId is "a b", allowed is 1 to 200 characters',
    ],
    [
      { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } },
      'SelfManagedKafkaEventSourceConfig.ConsumptionMode is "Queue", allowed is "Stream": kafkajs knows no share groups',
    ],
    [
      { SelfManagedKafkaEventSourceConfig: { SchemaRegistryConfig: {} } },
      'SelfManagedKafkaEventSourceConfig.SchemaRegistryConfig.SchemaRegistryURI is nothing, allowed is the http or https',
    ],
  ])('%j', (change, sentence) => {
    let error: SluiceError | undefined
    try {
      parseMapping('m', { ...least, ...change })
    } catch (caught) {
      error = caught as SluiceError
    }
    expect(error?.code).toBe('MAPPING_INVALID')
    expect(error?.message).toContain(`mapping "m": `)
    expect(error?.message).toContain(sentence)
  })

  test('an id that is no group id', () => {
    expect(() => parseMapping('ä', least)).toThrow('ConsumerGroupId (the mapping\'s id unless given) is "ä"')
  })

  test.each([null, [], 'text', 1])('no property object: %j', (properties) => {
    expect(() => parseMapping('m', properties)).toThrow('the property object is')
  })
})

test.each([{}, { OnFailure: {} }])(
  'a DestinationConfig without a destination is none, as its parts are optional: %j',
  (given) => {
    expect(parseMapping('id', { ...least, DestinationConfig: given }).destination).toBeNull()
  },
)
