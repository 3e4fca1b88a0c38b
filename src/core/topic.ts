/**
 * A topic of a pipeline, as data.
 */
import type { AvroRecord } from './avro-codec.ts'
import type { AvroRecordSchema } from './avro-schema.ts'

/** A topic of records with one schema. Its dead letters go to `<name>.dlt`. */
export type Topic<Schema extends AvroRecordSchema, RecordOf> = {
  readonly name: string
  readonly schema: Schema
  /** The record key: what keeps order. Never empty. */
  readonly key: (record: RecordOf) => string
  readonly partitions: number
  readonly retentionMs: number
}

/** A topic whose record type is not known at compile time. */
export type AnyTopic = Topic<AvroRecordSchema, AvroRecord>
