/**
 * The properties of `AWS::Lambda::EventSourceMapping` for a Kafka source, as deployed data.
 * Not for checking or executing them: src/event-source does both.
 */

/** The schema registry that checks the records of a mapping. */
export type SchemaRegistryConfig = {
  /** URL of a registry with Confluent's API, or ARN of one of AWS Glue. */
  readonly SchemaRegistryURI: string
  readonly EventRecordFormat: 'JSON' | 'SOURCE'
  readonly AccessConfigs?: readonly {
    readonly Type: 'BASIC_AUTH' | 'CLIENT_CERTIFICATE_TLS_AUTH' | 'SERVER_ROOT_CA_CERTIFICATE'
    /** ARN or name of a secret. */
    readonly URI: string
  }[]
  readonly SchemaValidationConfigs: readonly { readonly Attribute: 'KEY' | 'VALUE' }[]
}

type KafkaConfig = { readonly ConsumerGroupId?: string; readonly SchemaRegistryConfig?: SchemaRegistryConfig }

/** Property object of the CloudFormation resource; outside AWS it is deployed as JSON in an SSM parameter. */
export type EventSourceMappingProperties = {
  readonly FunctionName: string
  readonly Topics: readonly [string]
  /** Where a self-managed Kafka is; MSK has `EventSourceArn` instead. */
  readonly SelfManagedEventSource?: { readonly Endpoints: { readonly KafkaBootstrapServers: readonly string[] } }
  readonly SelfManagedKafkaEventSourceConfig?: KafkaConfig
  /** ARN of an MSK cluster. */
  readonly EventSourceArn?: string
  readonly AmazonManagedKafkaEventSourceConfig?: KafkaConfig
  readonly SourceAccessConfigurations?: readonly { readonly Type: string; readonly URI: string }[]
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'
  /** Unix seconds, not in the future; with AT_TIMESTAMP only. */
  readonly StartingPositionTimestamp?: number
  /** 1–10,000 records; 100 unless given. */
  readonly BatchSize?: number
  /** 0–300 s; 500 ms unless given. */
  readonly MaximumBatchingWindowInSeconds?: number
  /** −1 (without end, the default) or 0–10,000; the first attempt is not counted. */
  readonly MaximumRetryAttempts?: number
  /** −1 (without end, the default) or 60–604,800. */
  readonly MaximumRecordAgeInSeconds?: number
  readonly BisectBatchOnFunctionError?: boolean
  readonly FunctionResponseTypes?: readonly 'ReportBatchItemFailures'[]
  /** ARN of an SQS queue, an SNS topic or an S3 bucket, or `kafka://TOPIC`. */
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: string } }
  /** Patterns as JSON text; a record that fits one of them goes to the function. */
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] }
  readonly ProvisionedPollerConfig?: {
    /** 1–200; 1 unless given. */
    readonly MinimumPollers?: number
    /** 1–2,000; 200 unless given. */
    readonly MaximumPollers?: number
    readonly PollerGroupName?: string
  }
  readonly MetricsConfig?: { readonly Metrics?: readonly ('EventCount' | 'ErrorCount' | 'KafkaMetrics')[] }
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

/**
 * SSM path below which an operator's word on a mapping is one parameter, `enabled` or `disabled`; it outweighs the
 * template's `Enabled` and is no part of the template, so that a deployment leaves it alone.
 */
export const mappingStateParameterPath = '/sluice/event-source-states/'
