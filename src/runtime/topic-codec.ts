/**
 * Values of one topic: between framed bytes and records, with the schemas that the registry holds.
 */
import type { SchemaLookup } from '../connect/schema-registry.ts'
import { type AvroRecord, avroDecoder, avroEncoder } from '../core/avro-codec.ts'
import { SluiceError } from '../core/errors.ts'
import { valueSubject } from '../core/names.ts'
import type { AnyTopic } from '../core/topic.ts'
import { frame, type SchemaId, unframe } from '../core/wire-format.ts'

/** Encodes values of one topic. */
export type TopicEncoder = {
  /** Makes ready to encode: looks up the schema's id. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  prepare(): Promise<void>
  /** Framed bytes. Fails with RECORD_INVALID. */
  encode(record: AvroRecord): Buffer
}

/** Decodes values of one topic. */
export type TopicDecoder = {
  /**
   * The record in framed bytes, read as the topic's schema; at once where the writer's schema is known, since a
   * promise for each record adds a fifth to the cost. Fails with RECORD_UNREADABLE, RECORD_INVALID, SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE.
   */
  decode(value: Buffer): AvroRecord | Promise<AvroRecord>
}

/** The encoder of a topic. */
export function topicEncoder(topic: AnyTopic, registry: SchemaLookup): TopicEncoder {
  const encoder = avroEncoder(topic.schema)
  let schemaId: SchemaId | null = null
  return {
    async prepare() {
      schemaId ??= await registry.idOf(valueSubject(topic.name), JSON.stringify(topic.schema))
    },
    encode(record) {
      if (schemaId === null) throw new Error(`the encoder of ${topic.name} is not prepared`)
      return frame(schemaId, encoder.encode(record))
    },
  }
}

/** The decoder of a topic. The writer schemas it meets are fetched once each. */
export function topicDecoder(topic: AnyTopic, registry: SchemaLookup): TopicDecoder {
  const decoder = avroDecoder(topic.schema)
  const writerSchemas = new Map<SchemaId, string | Promise<string>>()
  /** Shared among those who ask at once; a failure is forgotten. */
  const askForSchema = (id: SchemaId): Promise<string> => {
    const asked = registry.schemaById(id)
    writerSchemas.set(id, asked)
    asked.then(
      (text) => writerSchemas.set(id, text),
      () => writerSchemas.delete(id),
    )
    return asked
  }
  return {
    decode(value) {
      const { schemaId, payload } = unframe(value)
      const writerSchema = writerSchemas.get(schemaId) ?? askForSchema(schemaId)
      if (typeof writerSchema === 'string') return decoder.decode(payload, writerSchema)
      return writerSchema.then((text) => decoder.decode(payload, text))
    },
  }
}

/** The record in framed bytes; null where no later look could read one. A registry that is away is no fault of the bytes. */
export async function decodedOrNull(decoder: TopicDecoder, value: Buffer | null): Promise<AvroRecord | null> {
  try {
    return value === null ? null : await decoder.decode(value)
  } catch (error) {
    if (error instanceof SluiceError && !error.retryable) return null
    throw error
  }
}
