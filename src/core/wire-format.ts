/**
 * The wire format of record values: which schema the bytes were written with.
 *
 *   value = magic schema-id payload
 *   magic = 0x00            ; 1 byte
 *   schema-id = int32       ; big endian, positive
 *   payload = Avro binary
 *
 * Source: Confluent Platform, "Schema Registry wire format".
 */
import { SluiceError } from './errors.ts'

const magic = 0x00
const headerBytes = 5

/** A value taken apart: the id of the writer's schema and the Avro bytes (a view, not a copy). */
export type Framed = { readonly schemaId: number; readonly payload: Buffer }

/** Puts the schema id before the payload. */
export function frame(schemaId: number, payload: Buffer): Buffer {
  const value = Buffer.allocUnsafe(headerBytes + payload.length)
  value[0] = magic
  value.writeInt32BE(schemaId, 1)
  payload.copy(value, headerBytes)
  return value
}

/** Takes a value apart. Fails with RECORD_UNREADABLE. */
export function unframe(value: Buffer): Framed {
  if (value.length < headerBytes) {
    throw new SluiceError(
      'RECORD_UNREADABLE',
      `the value has ${value.length} bytes, fewer than the ${headerBytes} of a frame`,
    )
  }
  if (value[0] !== magic) {
    throw new SluiceError(
      'RECORD_UNREADABLE',
      `the value begins with byte 0x${value[0]?.toString(16).padStart(2, '0')}, not 0x00`,
    )
  }
  const schemaId = value.readInt32BE(1)
  if (schemaId <= 0)
    throw new SluiceError('RECORD_UNREADABLE', `the value names schema id ${schemaId}, not a positive number`)
  return { schemaId, payload: value.subarray(headerBytes) }
}
