import { expect, test } from 'vitest'
import {
  deployedMapping,
  provisionedWarning,
  refuseConflicts,
  refusedChange,
} from '../../../src/event-source/deployed-mapping.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['topic'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1'] } },
  StartingPosition: 'TRIM_HORIZON',
}
const group = (ConsumerGroupId: string) => ({ SelfManagedKafkaEventSourceConfig: { ConsumerGroupId } })
const registry = (change: object = {}) => ({
  SelfManagedKafkaEventSourceConfig: {
    SchemaRegistryConfig: {
      SchemaRegistryURI: 'http://registry.example',
      EventRecordFormat: 'JSON',
      SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
      ...change,
    },
  },
})
const found = (id: string, change: object = {}) => deployedMapping(id, () => ({ ...properties, ...change }), null)

const ports = { openDestination: () => {}, bootstrapServersOf: () => {}, secrets: {} }

test('what is wrong with a definition becomes its problem', () => {
  const refused = deployedMapping('m', () => ({ ...properties, BatchSize: 0 }), true)
  expect(refused).toMatchObject({ id: 'm', mapping: null, wanted: true })
  expect(refused.problem).toBe('mapping "m": BatchSize is 0, allowed is an integer from 1 to 10000')
})

test('of those that share a consumer group the first runs', () => {
  const [first, second, third] = refuseConflicts(
    [found('a', group('g')), found('b', group('g')), found('c')],
    ports,
    [],
  )
  expect(first?.problem).toBeNull()
  expect(second?.problem).toContain('ConsumerGroupId is "g", which mapping "a" uses')
  expect(third?.problem).toBeNull()
  const elsewhere = { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['other:1'] } }, ...group('g') }
  expect(
    refuseConflicts([found('a', group('g')), found('b', elsewhere)], ports, []).map(({ problem }) => problem),
  ).toEqual([null, null])
})

test('one with a destination is refused where none can be opened', () => {
  const one = [found('a', { DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } })]
  expect(refuseConflicts(one, ports, [])[0]?.problem).toBeNull()
  expect(refuseConflicts(one, { ...ports, openDestination: null }, [])[0]?.problem).toContain(
    'DestinationConfig is set',
  )
})

test('one that names secrets is refused where none can be read', () => {
  const one = [found('a', { SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'kafka/login' }] })]
  expect(refuseConflicts(one, ports, [])[0]?.problem).toBeNull()
  const without = { ...ports, secrets: null }
  expect(refuseConflicts(one, without, [])[0]?.problem).toContain('SourceAccessConfigurations names secrets')
  const checked = (AccessConfigs: object[]) => [found('a', registry({ AccessConfigs }))]
  expect(refuseConflicts(checked([]), without, [])[0]?.problem).toBeNull()
  const named = checked([{ Type: 'BASIC_AUTH', URI: 'registry/login' }])
  expect(refuseConflicts(named, ports, [])[0]?.problem).toBeNull()
  expect(refuseConflicts(named, without, [])[0]?.problem).toContain('SchemaRegistryConfig names secrets')
})

test('one that reads MSK is refused where its brokers cannot be found', () => {
  const EventSourceArn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1'
  const one = [found('a', { EventSourceArn, SelfManagedEventSource: undefined })]
  expect(refuseConflicts(one, ports, [])[0]?.problem).toBeNull()
  expect(refuseConflicts(one, { ...ports, bootstrapServersOf: null }, [])[0]?.problem).toContain(
    'EventSourceArn is set',
  )
})

test.each([
  [{ Topics: ['other'] }, 'Topics is "other" and was "topic"'],
  [group('g'), 'ConsumerGroupId is "g" and was "m"'],
  [{ StartingPosition: 'LATEST' }, 'StartingPosition is "LATEST" and was "TRIM_HORIZON"'],
  [{ SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:2'] } } }, 'SelfManagedEventSource is'],
])('what a mapping reads cannot be changed: %j', (change, sentence) => {
  const refused = refusedChange(parseMapping('m', properties), parseMapping('m', { ...properties, ...change }))
  expect(refused).toContain(`mapping "m": ${sentence}`)
})

test.each([{ BatchSize: 7 }, { FunctionName: 'g' }, { FilterCriteria: { Filters: [] } }, { Enabled: false }])(
  'the rest can: %j',
  (change) => {
    expect(refusedChange(parseMapping('m', properties), parseMapping('m', { ...properties, ...change }))).toBeNull()
  },
)

test('what AWS has in provisioned mode only is named', () => {
  const used = { MaximumRetryAttempts: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] }
  expect(provisionedWarning(parseMapping('m', { ...properties, ...used }))).toBe(
    'mapping "m": AWS offers MaximumRetryAttempts, FunctionResponseTypes in provisioned mode only: add ProvisionedPollerConfig',
  )
  expect(provisionedWarning(parseMapping('m', { ...properties, ...used, ProvisionedPollerConfig: {} }))).toBeNull()
  expect(provisionedWarning(parseMapping('m', properties))).toBeNull()
  expect(provisionedWarning(parseMapping('m', { ...properties, ...registry() }))).toContain(
    'AWS offers SchemaRegistryConfig',
  )
})
