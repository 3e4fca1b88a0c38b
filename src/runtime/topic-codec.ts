/**
 * Values of one topic: between framed bytes and records, with the schemas that the registry holds.
 */
import type { SchemaRegistry } from '../connect/registry.ts'
import { type AvroRecord, avroCodec } from '../core/avro-codec.ts'
import { SluiceError } from '../core/errors.ts'
import { valueSubject } from '../core/names.ts'
import type { AnyTopic } from '../core/pipeline.ts'
import { frame, unframe } from '../core/wire-format.ts'

/** Largest value in bytes; a topic takes records of 1 MiB with key, headers and framing. */
const maxValueBytes = 1_000_000

/** Encodes and decodes the values of one topic. */
export type TopicCodec = {
  /** Makes ready to encode: looks up the schema's id. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  prepare(): Promise<void>
  /** Framed bytes. Fails with RECORD_INVALID or RECORD_TOO_LARGE. */
  encode(record: AvroRecord): Buffer
  /** The record in framed bytes, read as the topic's schema. Fails with RECORD_UNREADABLE, RECORD_INVALID, SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  decode(value: Buffer): Promise<AvroRecord>
}

/** The codec of a topic. The writer schemas it meets are fetched once each. */
export function topicCodec(topic: AnyTopic, registry: SchemaRegistry): TopicCodec {
  const codec = avroCodec(topic.schema)
  const writerSchemas = new Map<number, string>()
  let schemaId: number | null = null
  return {
    async prepare() {
      schemaId ??= await registry.idOf(valueSubject(topic.name), JSON.stringify(topic.schema))
    },
    encode(record) {
      if (schemaId === null) throw new Error(`the codec of ${topic.name} is not prepared`)
      const value = frame(schemaId, codec.encode(record))
      if (value.length <= maxValueBytes) return value
      throw new SluiceError(
        'RECORD_TOO_LARGE',
        `the value has ${value.length} bytes, more than the ${maxValueBytes} allowed`,
      )
    },
    async decode(value) {
      const { schemaId: writerId, payload } = unframe(value)
      let writerSchema = writerSchemas.get(writerId)
      if (writerSchema === undefined) {
        writerSchema = await registry.schemaById(writerId)
        writerSchemas.set(writerId, writerSchema)
      }
      return codec.decode(payload, writerSchema)
    },
  }
}
