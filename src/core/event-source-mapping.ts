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

/** What names a cluster of Amazon MSK as the source, with what only provisioned pollers honour. */
export type ManagedKafkaSource = {
  /** ARN of the cluster. */
  readonly EventSourceArn: string
  readonly AmazonManagedKafkaEventSourceConfig: { readonly ConsumerGroupId: string }
  /** Without any, the function's role is what proves who polls. */
  readonly SourceAccessConfigurations?: readonly { readonly Type: 'SASL_SCRAM_512_AUTH'; readonly URI: string }[]
  /** Mappings of one group share their pollers' capacity. */
  readonly ProvisionedPollerConfig: {
    readonly MinimumPollers: number
    readonly MaximumPollers: number
    readonly PollerGroupName: string
  }
  readonly BisectBatchOnFunctionError: boolean
  /** −1: without end. */
  readonly MaximumRetryAttempts: number
  /** −1: without end. */
  readonly MaximumRecordAgeInSeconds: number
  readonly MetricsConfig: { readonly Metrics: readonly ('EventCount' | 'ErrorCount' | 'KafkaMetrics')[] }
}

/** The properties of a mapping from a cluster of Amazon MSK. */
export type ManagedEventSourceMappingProperties = Omit<
  EventSourceMappingProperties,
  'SelfManagedEventSource' | 'SelfManagedKafkaEventSourceConfig'
> &
  ManagedKafkaSource

/** SSM path below which each mapping of an app is one parameter: `<path><function name>`. */
export const mappingParameterPath = '/sluice/event-source-mappings/'
