/**
 * Avro bytes of records: encoding with a check that names the field, decoding with the writer's schema.
 * Not for the framing around the bytes: see wire-format.ts.
 */
import avro from 'avsc'
import type { AvroRecordSchema } from './avro-schema.ts'
import { SluiceError } from './errors.ts'

/** A decoded record: fields by name. */
export type AvroRecord = Readonly<Record<string, unknown>>

/** What decoding puts where bytes are no UTF-8, and the bytes of that character itself. */
const replacement = '\ufffd'
const replacementBytes = Buffer.from(replacement)

/** Turns records of one schema into bytes. */
export type AvroEncoder = {
  /** Avro bytes of a record. Fails with RECORD_INVALID, naming the field and never its value. */
  encode(record: AvroRecord): Buffer
}

/** Reads bytes as records of one schema. */
export type AvroDecoder = {
  /** The record in bytes that were written with `writerSchema` (JSON text). Fails with RECORD_UNREADABLE or RECORD_INVALID. */
  decode(bytes: Buffer, writerSchema: string): AvroRecord
}

/** The encoder of one schema. */
export function avroEncoder(schema: AvroRecordSchema): AvroEncoder {
  const type = avro.Type.forSchema(schema as unknown as avro.Schema)
  return {
    encode(record) {
      const garbled = illFormed(record)
      if (garbled !== null) {
        throw new SluiceError(
          'RECORD_INVALID',
          `field "${garbled}" holds half a surrogate pair, which UTF-8 cannot hold`,
        )
      }
      try {
        return type.toBuffer(record)
      } catch {
        throw new SluiceError(
          'RECORD_INVALID',
          `field "${wrongField(type, record)}" does not fit schema ${schema.name}`,
        )
      }
    },
  }
}

/** The decoder of one schema. Compiled resolvers are kept per writer schema, of which a topic has few. */
export function avroDecoder(schema: AvroRecordSchema): AvroDecoder {
  const reader = avro.Type.forSchema(schema as unknown as avro.Schema)
  const names = schema.fields.map(({ name }) => name)
  const readers = new Map<string, SchemaReader>()
  const readerOf = (writerSchema: string) => {
    const known = readers.get(writerSchema)
    if (known) return known
    const made = compileReader(reader, writerSchema)
    readers.set(writerSchema, made)
    return made
  }
  return {
    decode(bytes, writerSchema) {
      const { reader, writer, resolver } = readerOf(writerSchema)
      try {
        const record = reader.fromBuffer(bytes, resolver)
        if (!holdsReplacement(record, names)) return record
        if (replacements(writer.fromBuffer(bytes)) <= occurrences(bytes)) return record
      } catch {
        throw new SluiceError('RECORD_UNREADABLE', 'the bytes are not Avro of the schema they name')
      }
      throw new SluiceError('RECORD_UNREADABLE', 'a string in the bytes is not UTF-8')
    },
  }
}

type SchemaReader = { readonly reader: avro.Type; readonly writer: avro.Type; readonly resolver: avro.Resolver }

function compileReader(reader: avro.Type, writerSchema: string): SchemaReader {
  try {
    const writer = avro.Type.forSchema(JSON.parse(writerSchema) as avro.Schema)
    return { reader, writer, resolver: reader.createResolver(writer) }
  } catch {
    throw new SluiceError('RECORD_INVALID', `the record's schema cannot be read as schema ${reader.name ?? 'record'}`)
  }
}

function wrongField(type: avro.Type, record: AvroRecord): string {
  let wrong = ''
  type.isValid(record, {
    errorHook(path) {
      wrong ||= path.join('.')
    },
  })
  return wrong || '(record)'
}

/** The path of a string with half a surrogate pair; null when all strings are whole. */
function illFormed(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : path || '(record)'
  for (const [name, inner] of entriesOf(value)) {
    if (!name.isWellFormed()) return path || '(record)'
    const found = illFormed(inner, path ? `${path}.${name}` : name)
    if (found !== null) return found
  }
  return null
}

/** Whether fields of a record hold a replacement character; quick where they are text, as this is done for every record. */
function holdsReplacement(record: AvroRecord, names: readonly string[]): boolean {
  return names.some((name) => {
    const value = record[name]
    return typeof value === 'string' ? value.includes(replacement) : replacements(value) > 0
  })
}

/** How many replacement characters the strings of a value hold, those in names of a map included. */
function replacements(value: unknown): number {
  if (typeof value === 'string') return value.includes(replacement) ? value.split(replacement).length - 1 : 0
  let count = 0
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return count
  for (const name of Object.keys(value)) count += replacements(name) + replacements((value as AvroRecord)[name])
  return count
}

function occurrences(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(replacementBytes); at >= 0; at = bytes.indexOf(replacementBytes, at + 3)) count += 1
  return count
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? Object.entries(value) : []
}
