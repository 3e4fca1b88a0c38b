/**
 * An event source mapping from a topic to a function. Outside AWS it is an SSM parameter that the poller reads:
 * no emulator keeps Kafka mappings faithfully.
 */
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm'
import { Construct } from 'constructs'
import { type EventSourceMappingProperties, mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import { consumerGroup, functionName } from '../../src/core/names.ts'
import type { BundledFunction } from './bundled-function.ts'

/** At most so many records to one invocation; a backlog fills batches, and one record never waits for others. */
const batchSize = 500

export type EventSourceMappingProps = {
  readonly pipeline: string
  readonly stage: 'process' | 'write'
  readonly topic: string
  readonly bootstrapServers: readonly string[]
  readonly target: BundledFunction
}

/** Deployed after its function. No on-failure destination: it would give a record up after ten tries. */
export class EventSourceMapping extends Construct {
  constructor(scope: Construct, id: string, props: EventSourceMappingProps) {
    super(scope, id)
    const { pipeline, stage, topic, bootstrapServers, target } = props
    const name = functionName(pipeline, stage)
    const properties: EventSourceMappingProperties = {
      FunctionName: name,
      Topics: [topic],
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: bootstrapServers } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: consumerGroup(pipeline, stage) },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: batchSize,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }
    const parameter = new StringParameter(this, 'Parameter', {
      parameterName: `${mappingParameterPath}${name}`,
      description: `Event source mapping of topic ${topic} to function ${name}`,
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: JSON.stringify(properties),
    })
    parameter.node.addDependency(target)
  }
}
