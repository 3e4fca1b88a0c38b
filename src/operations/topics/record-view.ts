/**
 * A record as people read it: decoded where its schema is known, in hex where it is not, and without personal data unless
 * that is asked for. Not for reading topics: see record-ranges.ts.
 */

import type { TopicRecord } from '../../connect/kafka-reader.ts'
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { type AvroReader, avroReader } from '../../core/avro-json.ts'
import type { AvroRecordSchema } from '../../core/avro-schema.ts'
import { SluiceError } from '../../core/errors.ts'
import { headerText } from '../../core/headers.ts'
import { keySeparator } from '../../core/job.ts'
import { holdsPersonalData, masked, maskText } from '../../core/personal-data.ts'
import { type SchemaId, unframe } from '../../core/wire-format.ts'
import { bytesText, schemaIdOf } from '../dead-letters/dead-letters-bytes.ts'

/** The value of a record. `hidden` is what cannot be decoded, of a topic with personal data; `text` is cut at 4,096 bytes. */
export type ValueView =
  | { readonly kind: 'none' }
  | { readonly kind: 'decoded'; readonly value: unknown; readonly masked: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly problem: string }
  | { readonly kind: 'hidden'; readonly problem: string }

/** A record to be shown. */
export type RecordView = {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly key: string | null
  /** Null for a value in no wire format. */
  readonly schemaId: SchemaId | null
  readonly value: ValueView
  readonly bytes: number
  readonly headers: readonly (readonly [name: string, text: string])[]
}

/** Makes views of the records of one topic; `isRevealed` shows personal data. */
export type RecordViewer = (record: TopicRecord, isRevealed: boolean) => Promise<RecordView>

/** A viewer. `schema` is that of the topic's values now, if it has one; writers' schemas are fetched once each. */
export function recordViewer(schema: AvroRecordSchema | null, registry: SchemaRegistry): RecordViewer {
  const readers = new Map<SchemaId, Promise<{ reader: AvroReader; schema: unknown }>>()
  const readerOf = (id: SchemaId) => {
    const known = readers.get(id)
    if (known) return known
    const made = openReader(id, registry)
    readers.set(id, made)
    made.catch(() => readers.delete(id))
    return made
  }
  const decode = async (value: Buffer) => {
    const { schemaId, payload } = unframe(value)
    const { reader, schema: written } = await readerOf(schemaId)
    return { written, decoded: JSON.parse(reader.json(payload).toString(), exactly) as unknown }
  }
  const viewOf = async (value: Buffer | null, key: string | null, isRevealed: boolean): Promise<KeyAndValue> => {
    if (value === null) return { key, value: { kind: 'none' } }
    try {
      const { written, decoded } = await decode(value)
      if (isRevealed) return { key, value: { kind: 'decoded', value: decoded, masked: [] } }
      const { value: shown, paths } = masked(decoded, [written, schema])
      // A key made of a masked field, alone or as a part, says what the mask hides.
      const parts = key?.split(keySeparator) ?? []
      const isTold = paths.some((path) => [key, ...parts].includes(String(at(decoded, path))))
      return { key: isTold ? maskText : key, value: { kind: 'decoded', value: shown, masked: paths } }
    } catch (error) {
      const problem = error instanceof SluiceError ? error.message : 'the value cannot be decoded'
      if (!isRevealed && holdsPersonalData(schema)) return { key, value: { kind: 'hidden', problem } }
      return { key, value: { kind: 'text', text: bytesText(value), problem } }
    }
  }
  return async ({ topic, partition, offset, timestamp, key, value, headers }, isRevealed) => ({
    ...{ topic, partition, offset, timestamp },
    ...(await viewOf(value, key && bytesText(key), isRevealed)),
    schemaId: schemaIdOf(value),
    bytes: (key?.length ?? 0) + (value?.length ?? 0),
    headers: Object.keys(headers).map((name) => [name, bytesText(Buffer.from(headerText(headers, name) ?? ''))]),
  })
}

type KeyAndValue = Pick<RecordView, 'key' | 'value'>

/** Integers that a number cannot hold stay the digits that they are. */
function exactly(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? (context?.source ?? value) : value
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value)
}

async function openReader(id: SchemaId, registry: SchemaRegistry) {
  const { text, dataFormat } = await registry.registeredSchema(id)
  if (dataFormat !== 'AVRO') throw new SluiceError('RECORD_UNREADABLE', `schema ${id} is ${dataFormat}, not Avro`)
  return { reader: avroReader(text, { unions: 'plain', bytes: 'base64' }), schema: JSON.parse(text) as unknown }
}
