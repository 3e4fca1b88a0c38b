/**
 * Values of one topic: between framed bytes and records, with the schemas that the registry holds.
 */
import type { SchemaLookup } from '../connect/registry.ts'
import { type AvroRecord, avroCodec } from '../core/avro-codec.ts'
import { valueSubject } from '../core/names.ts'
import type { AnyTopic } from '../core/pipeline.ts'
import { frame, type SchemaId, unframe } from '../core/wire-format.ts'

/** Encodes and decodes the values of one topic. */
export type TopicCodec = {
  /** Makes ready to encode: looks up the schema's id. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  prepare(): Promise<void>
  /** Framed bytes. Fails with RECORD_INVALID. */
  encode(record: AvroRecord): Buffer
  /** The record in framed bytes, read as the topic's schema. Fails with RECORD_UNREADABLE, RECORD_INVALID, SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  decode(value: Buffer): Promise<AvroRecord>
}

/** The codec of a topic. The writer schemas it meets are fetched once each. */
export function topicCodec(topic: AnyTopic, registry: SchemaLookup): TopicCodec {
  const codec = avroCodec(topic.schema)
  const writerSchemas = new Map<SchemaId, Promise<string>>()
  let schemaId: SchemaId | null = null
  /** Shared among those who ask at once; a failure is forgotten. */
  const writerSchema = (id: SchemaId) => {
    const asked = writerSchemas.get(id) ?? registry.schemaById(id)
    if (!writerSchemas.has(id)) {
      writerSchemas.set(id, asked)
      asked.catch(() => writerSchemas.delete(id))
    }
    return asked
  }
  return {
    async prepare() {
      schemaId ??= await registry.idOf(valueSubject(topic.name), JSON.stringify(topic.schema))
    },
    encode(record) {
      if (schemaId === null) throw new Error(`the codec of ${topic.name} is not prepared`)
      return frame(schemaId, codec.encode(record))
    },
    async decode(value) {
      const { schemaId: writerId, payload } = unframe(value)
      return codec.decode(payload, await writerSchema(writerId))
    },
  }
}
