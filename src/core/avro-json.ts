/**
 * Avro bytes as JSON text, by the writer's schema alone. Logical types are written as what they are made of.
 * Not for records of pipelines: see avro-codec.ts. Source: Apache Avro 1.12 specification, "JSON Encoding".
 */
import avro from 'avsc'
import { SluiceError } from './errors.ts'

/** Where Avro's JSON encoding and plain JSON differ. */
export type AvroJsonFormat = {
  /** A value of a union as it is, or as an object of its branch and it, as Avro's JSON encoding has it. */
  readonly unions: 'plain' | 'tagged'
  /** Bytes, fixed and decimals: one character a byte, as Avro's JSON encoding has it, or base64. */
  readonly bytes: 'characters' | 'base64'
}

/** Reads bytes of one schema. */
export type AvroReader = {
  /** Fails with RECORD_UNREADABLE unless the bytes are of the schema, to the last. */
  check(bytes: Buffer): void
  /** The value's JSON. Longs keep every digit. Fails with RECORD_UNREADABLE. */
  json(bytes: Buffer): Buffer
}

/** A reader of bytes that were written with `schema` (JSON text). Throws an Error when that cannot be compiled. */
export function avroReader(schema: string, format: AvroJsonFormat): AvroReader {
  const type = avro.Type.forSchema(JSON.parse(schema) as avro.Schema, {
    wrapUnions: 'always' as unknown as boolean,
    registry: { long: exactLong },
  })
  const read = (bytes: Buffer): unknown => {
    try {
      return type.fromBuffer(bytes)
    } catch {
      throw new SluiceError('RECORD_UNREADABLE', 'the bytes are not Avro of the schema they name')
    }
  }
  return {
    check: (bytes) => void read(bytes),
    json: (bytes) => Buffer.from(JSON.stringify(jsonOf(type, read(bytes), format))),
  }
}

/** As BigInt: a number would lose digits beyond 2^53. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer(value: bigint) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

/** V8 has it since 11.4; TypeScript's library does not yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

type Shape = avro.Type & {
  readonly fields: readonly { readonly name: string; readonly type: avro.Type }[]
  readonly itemsType: avro.Type
  readonly valuesType: avro.Type
  readonly types: readonly avro.Type[]
}

function jsonOf(type: avro.Type, value: unknown, format: AvroJsonFormat): unknown {
  const shape = type as Shape
  const inner = value as Readonly<Record<string, unknown>>
  switch (type.typeName) {
    case 'record':
    case 'error':
      return Object.fromEntries(
        shape.fields.map((field) => [field.name, jsonOf(field.type, inner[field.name], format)]),
      )
    case 'array':
      return (value as readonly unknown[]).map((item) => jsonOf(shape.itemsType, item, format))
    case 'map':
      return Object.fromEntries(
        Object.entries(inner).map(([key, item]) => [key, jsonOf(shape.valuesType, item, format)]),
      )
    case 'union:wrapped': {
      if (value === null) return null
      const [branch, held] = Object.entries(inner)[0] as [string, unknown]
      const chosen = shape.types.find(({ branchName }) => branchName === branch) as avro.Type
      const json = jsonOf(chosen, held, format)
      return format.unions === 'plain' ? json : Object.fromEntries([[branch, json]])
    }
    case 'bytes':
    case 'fixed':
      return (value as Buffer).toString(format.bytes === 'base64' ? 'base64' : 'latin1')
    case 'long':
    case 'abstract:long':
      return rawJSON(String(value))
    case 'float':
    case 'double':
      // JSON has no name for these; Avro's own encoder writes them as text.
      return Number.isFinite(value) ? value : String(value)
    default:
      return value
  }
}
