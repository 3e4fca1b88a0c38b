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
    failureUnit: 'batch',
    enabled: true,
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
    BisectBatchOnFunctionError: false,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: -1,
  })
  expect(mapping).toMatchObject({
    startingPosition: 'LATEST',
    consumerGroupId: 'a/b:c',
    batchSize: 10_000,
    windowMs: 0,
    failureUnit: 'record',
    enabled: false,
  })
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
    [{ StartingPosition: undefined }, 'StartingPosition is nothing, allowed is "TRIM_HORIZON" or "LATEST"'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPosition is "AT_TIMESTAMP", allowed is'],
    [{ StartingPositionTimestamp: 1 }, 'StartingPositionTimestamp is 1, allowed is to leave it out'],
    [{ BatchSize: 0 }, 'BatchSize is 0, allowed is an integer from 1 to 10000'],
    [{ BatchSize: 10_001 }, 'BatchSize is 10001'],
    [{ BatchSize: '7' }, 'BatchSize is "7"'],
    [{ BatchSize: null }, 'BatchSize is null'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'MaximumBatchingWindowInSeconds is 301, allowed is an integer from 0'],
    [{ MaximumBatchingWindowInSeconds: 0.5 }, 'MaximumBatchingWindowInSeconds is 0.5'],
    [{ FunctionResponseTypes: ['Report'] }, 'FunctionResponseTypes is ["Report"]'],
    [{ Enabled: 'yes' }, 'Enabled is "yes", allowed is true or false'],
    [{ BisectBatchOnFunctionError: true }, 'BisectBatchOnFunctionError is true, allowed is false'],
    [{ MaximumRetryAttempts: 3 }, 'MaximumRetryAttempts is 3, allowed is -1'],
    [{ MaximumRecordAgeInSeconds: 60 }, 'MaximumRecordAgeInSeconds is 60, allowed is -1'],
    [{ FilterCriteria: { Filters: [] } }, 'FilterCriteria is {"Filters":[]}, allowed is to leave it out'],
    [{ DestinationConfig: {} }, 'DestinationConfig is {}'],
    [{ ProvisionedPollerConfig: {} }, 'ProvisionedPollerConfig is {}'],
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
      'SelfManagedKafkaEventSourceConfig.SchemaRegistryConfig is {}, allowed is to leave it out',
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
