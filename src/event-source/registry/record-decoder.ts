/**
 * Turns a record as it was fetched into the record that the function gets, by the schemas that its key and value name.
 * Source: AWS Lambda Developer Guide, "Using schema registries with Kafka event sources in Lambda".
 */
import type { ConsumedRecord } from '../../connect/kafka-consumer-port.ts'
import { unframe } from '../../core/wire-format.ts'
import type { RegistryProperties } from './registry-properties.ts'
import type { SchemaCache } from './schema-cache.ts'

/** What became of a record. */
export type DecodedRecord =
  | {
      readonly kind: 'record'
      readonly record: ConsumedRecord
      /** Members of the record's JSON that name its schemas, each with a comma before it. */
      readonly schemas: string
      /** What filters see. */
      readonly filtered: Buffer | null
    }
  | { readonly kind: 'refused'; readonly condition: 'SCHEMA_NOT_FOUND' | 'DESERIALIZATION_ERROR' }

/** Decodes at once, or answers the look-up after which it can be asked again. An absent key or value has no schema. */
export type RecordDecoder = (record: ConsumedRecord) => DecodedRecord | Promise<void>

/** A decoder for a mapping; `isFiltered` says whether anybody looks at `filtered`. */
export function recordDecoder(
  { format, attributes }: Pick<RegistryProperties, 'format' | 'attributes'>,
  cache: SchemaCache,
  isFiltered: boolean,
): RecordDecoder {
  return (record) => {
    const sent = { ...record }
    let { value: filtered } = record
    let schemas = ''
    for (const attribute of attributes) {
      const bytes = record[attribute]
      if (bytes === null) continue
      try {
        const { schemaId, payload } = unframe(bytes)
        const schema = cache.get(schemaId)
        if (schema === undefined) return cache.lookUp(schemaId)
        if (schema === 'unknown') return { kind: 'refused', condition: 'SCHEMA_NOT_FOUND' }
        const isSeen = isFiltered && attribute === 'value'
        const json = format === 'JSON' || isSeen ? schema.json(payload) : null
        if (json === null) schema.check(payload)
        if (isSeen) filtered = json
        sent[attribute] = format === 'JSON' ? json : payload
        schemas += `,"${attribute}SchemaMetadata":{"dataFormat":"AVRO","schemaId":"${schemaId}"}`
      } catch {
        return { kind: 'refused', condition: 'DESERIALIZATION_ERROR' }
      }
    }
    return { kind: 'record', record: sent, schemas, filtered }
  }
}
