/**
 * The event that a Kafka event source mapping sends to a function, and the function's answer.
 * Not for building or reading one: src/event-source builds, src/runtime reads.
 * Source: AWS Lambda Developer Guide, "Using Lambda with self-managed Apache Kafka" and "with Amazon MSK".
 */

/** One record of a Kafka event: base64 key and value, headers as byte arrays. A null key or value may be absent. */
export type KafkaEventRecord = {
  topic: string
  partition: number
  offset: number
  /** Milliseconds since the epoch. */
  timestamp: number
  timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  key?: string | null
  value?: string | null
  /** Single-key objects in order; a repeated header is a repeated entry; bytes may be signed. */
  headers: Record<string, number[]>[]
  /** With a schema registry, for a key or value that it checked. */
  keySchemaMetadata?: SchemaMetadata
  valueSchemaMetadata?: SchemaMetadata
}

/** The schema that a key or value was written with. */
export type SchemaMetadata = { dataFormat: 'AVRO'; schemaId: string }

/** What the function receives. Keys of `records` are `topic-partition`; read topic and partition from the records. */
export type KafkaEvent = {
  eventSource: 'SelfManagedKafka' | 'aws:kafka'
  eventSourceArn?: string
  /** One comma-joined string. */
  bootstrapServers: string
  records: Record<string, KafkaEventRecord[]>
}

/** Names one record that failed: its `topic-partition` and offset. */
export type RecordIdentifier = { partition: string; offset: number }

/** A partial batch response: the records that are to be retried. An empty list means success. */
export type KafkaBatchResponse = { batchItemFailures: { itemIdentifier: RecordIdentifier }[] }
