/**
 * The properties of `AWS::Lambda::EventSourceMapping` for a Kafka source, as deployed data.
 * Not for checking or executing them: src/event-source does both.
 */

/** Property object of the CloudFormation resource; outside AWS it is deployed as JSON in an SSM parameter. */
export type EventSourceMappingProperties = {
  readonly FunctionName: string
  readonly Topics: readonly [string]
  readonly SelfManagedEventSource: { readonly Endpoints: { readonly KafkaBootstrapServers: readonly string[] } }
  readonly SelfManagedKafkaEventSourceConfig?: { readonly ConsumerGroupId?: string }
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST'
  /** 1–10,000 records; 100 unless given. */
  readonly BatchSize?: number
  /** 0–300 s; 500 ms unless given. */
  readonly MaximumBatchingWindowInSeconds?: number
  readonly FunctionResponseTypes?: readonly 'ReportBatchItemFailures'[]
  readonly Enabled?: boolean
}

/** SSM path below which each mapping of an app is one parameter: `<path><function name>`. */
export const mappingParameterPath = '/sluice/event-source-mappings/'
