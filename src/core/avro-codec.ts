/**
 * Avro bytes of records: encoding with a check that names the field, decoding with the writer's schema.
 * Not for the framing around the bytes: see wire-format.ts.
 */
import avro from 'avsc'
import type { AvroRecordSchema } from './avro-schema.ts'
import { SluiceError } from './errors.ts'

/** A decoded record: fields by name. */
export type AvroRecord = Readonly<Record<string, unknown>>

/** Turns records of one schema into bytes and back. */
export type AvroCodec = {
  /** Avro bytes of a record. Fails with RECORD_INVALID, naming the field and never its value. */
  encode(record: AvroRecord): Buffer
  /** The record in bytes that were written with `writerSchema` (JSON text). Fails with RECORD_UNREADABLE or RECORD_INVALID. */
  decode(bytes: Buffer, writerSchema: string): AvroRecord
}

/** The codec of one schema. Compiled resolvers are kept per writer schema, of which a topic has few. */
export function avroCodec(schema: AvroRecordSchema): AvroCodec {
  const reader = avro.Type.forSchema(schema as unknown as avro.Schema)
  const readers = new Map<string, (bytes: Buffer) => AvroRecord>()
  const readerOf = (writerSchema: string) => {
    const known = readers.get(writerSchema)
    if (known) return known
    const read = compileReader(reader, writerSchema)
    readers.set(writerSchema, read)
    return read
  }
  return {
    encode(record) {
      try {
        return reader.toBuffer(record)
      } catch {
        throw new SluiceError(
          'RECORD_INVALID',
          `field "${wrongField(reader, record)}" does not fit schema ${schema.name}`,
        )
      }
    },
    decode(bytes, writerSchema) {
      const read = readerOf(writerSchema)
      try {
        return read(bytes)
      } catch {
        throw new SluiceError('RECORD_UNREADABLE', `the bytes are not Avro of the schema they name`)
      }
    },
  }
}

function compileReader(reader: avro.Type, writerSchema: string): (bytes: Buffer) => AvroRecord {
  try {
    const writer = avro.Type.forSchema(JSON.parse(writerSchema) as avro.Schema)
    const resolver = reader.createResolver(writer)
    return (bytes) => reader.fromBuffer(bytes, resolver)
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
