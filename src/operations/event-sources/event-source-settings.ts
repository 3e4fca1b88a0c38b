/**
 * The settings of an event source mapping under the names of its properties, each with its default. Pure.
 */
import { type Mapping, parseMapping } from '../../event-source/mapping.ts'

/** A property as it is in effect; `default` is null where there is none. */
export type MappingSetting = { readonly name: string; readonly value: string; readonly default: string | null }

type Setting = readonly [name: string, text: (mapping: Mapping) => string, isRequired?: 'required']

const flag = (value: boolean) => String(value)
const orEndless = (value: number | null) => (value === null ? '-1 (without end)' : String(value))

const settings: readonly Setting[] = [
  ['FunctionName', ({ functionName }) => functionName, 'required'],
  ['Topics', ({ topic }) => topic, 'required'],
  ['Kafka', ({ eventSourceArn, bootstrapServers }) => eventSourceArn ?? bootstrapServers.join(','), 'required'],
  ['ConsumerGroupId', ({ consumerGroupId }) => consumerGroupId],
  ['StartingPosition', startText, 'required'],
  ['BatchSize', ({ batchSize }) => String(batchSize)],
  ['MaximumBatchingWindowInSeconds', ({ windowMs }) => String(windowMs / 1000)],
  ['MaximumRetryAttempts', ({ retries }) => orEndless(retries)],
  ['MaximumRecordAgeInSeconds', ({ maxRecordAgeMs: age }) => orEndless(age === null ? null : age / 1000)],
  ['BisectBatchOnFunctionError', ({ bisect }) => flag(bisect)],
  ['FunctionResponseTypes', ({ failureUnit }) => (failureUnit === 'record' ? 'ReportBatchItemFailures' : 'none')],
  ['DestinationConfig', destinationText],
  ['FilterCriteria', ({ filterPatterns }) => filterPatterns.join(' or ') || 'none'],
  ['ProvisionedPollerConfig', ({ pollers }) => (pollers ? `${pollers.min} to ${pollers.max} pollers` : 'none')],
  ['Enabled', ({ enabled }) => flag(enabled)],
]

/** All settings of a mapping, in the order of {@link Mapping}'s properties. */
export function mappingSettings(mapping: Mapping): MappingSetting[] {
  const least = parseMapping(mapping.id, {
    FunctionName: mapping.functionName,
    Topics: [mapping.topic],
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['localhost:9092'] } },
    StartingPosition: 'LATEST',
  })
  return settings.map(([name, text, isRequired]) => ({
    name,
    value: text(mapping),
    default: isRequired ? null : text(least),
  }))
}

function startText({ startingPosition }: Mapping): string {
  if (typeof startingPosition === 'string') return startingPosition
  return `AT_TIMESTAMP ${new Date(startingPosition.timestampMs).toISOString()}`
}

function destinationText({ destination }: Mapping): string {
  if (!destination) return 'none'
  return destination.kind === 'kafka' ? `kafka://${destination.topic}` : destination.arn
}
