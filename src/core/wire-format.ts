/**
 * The wire formats of record values: which schema the bytes were written with. Both are told apart by their first byte.
 *
 *   value       = confluent / glue
 *   confluent   = %x00 schema-id payload
 *   schema-id   = int32                          ; big endian, positive
 *   glue        = %x03 ( %x00 version-id payload / %x05 version-id zlib )
 *   version-id  = 16 bytes                       ; UUID of the schema version, big endian
 *   payload     = Avro binary
 *   zlib        = payload as a zlib stream       ; RFC 1950; read, never written
 *
 * Sources: Confluent Platform, "Schema Registry wire format"; awslabs/aws-glue-schema-registry, AWSSchemaRegistryConstants.
 */
import { inflateSync } from 'node:zlib'
import { SluiceError } from './errors.ts'

/** Names a writer's schema: a positive integer in a registry with Confluent's API, a lower-case UUID in AWS Glue. */
export type SchemaId = number | string

/** A value taken apart: the id of the writer's schema and the Avro bytes (a view where they were not compressed). */
export type Framed = { readonly schemaId: SchemaId; readonly payload: Buffer }

const confluentMagic = 0x00
const confluentHeaderBytes = 5
const glueMagic = 0x03
const glueHeaderBytes = 18
const uncompressed = 0x00
const zlib = 0x05

/** Most bytes that a compressed payload may become: twice the largest record that a cluster of MSK Serverless takes. */
export const maxInflatedBytes = 16 * 1_048_576

/** Puts the schema id before the payload, in the format that its kind belongs to; never compressed. */
export function frame(schemaId: SchemaId, payload: Buffer): Buffer {
  return Buffer.concat([typeof schemaId === 'number' ? confluentHeader(schemaId) : glueHeader(schemaId), payload])
}

/** Takes a value of either format apart. Fails with RECORD_UNREADABLE. */
export function unframe(value: Buffer): Framed {
  const isGlue = value[0] === glueMagic
  const headerBytes = isGlue ? glueHeaderBytes : confluentHeaderBytes
  if (value.length < headerBytes) {
    const whose = isGlue ? "AWS Glue's frame" : 'a frame'
    throw unreadable(`the value has ${value.length} bytes, fewer than the ${headerBytes} of ${whose}`)
  }
  if (isGlue) return unframeGlue(value)
  if (value[0] !== confluentMagic) {
    throw unreadable(`the value begins with byte ${hex(value[0])}, neither 0x00 (Confluent) nor 0x03 (AWS Glue)`)
  }
  const schemaId = value.readInt32BE(1)
  if (schemaId <= 0) throw unreadable(`the value names schema id ${schemaId}, not a positive number`)
  return { schemaId, payload: value.subarray(confluentHeaderBytes) }
}

function confluentHeader(schemaId: number): Buffer {
  const header = Buffer.alloc(confluentHeaderBytes, confluentMagic)
  header.writeInt32BE(schemaId, 1)
  return header
}

function glueHeader(schemaId: string): Buffer {
  const header = Buffer.from([glueMagic, uncompressed, ...Buffer.from(schemaId.replaceAll('-', ''), 'hex')])
  if (header.length !== glueHeaderBytes) throw new Error(`schema id ${schemaId} is no UUID`)
  return header
}

function unframeGlue(value: Buffer): Framed {
  const digits = value.toString('hex', 2, glueHeaderBytes)
  const schemaId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const rest = value.subarray(glueHeaderBytes)
  if (value[1] === uncompressed) return { schemaId, payload: rest }
  if (value[1] === zlib) return { schemaId, payload: inflated(rest) }
  throw unreadable(`the value names compression ${hex(value[1])}, neither 0x00 (none) nor 0x05 (zlib)`)
}

/** Stops at {@link maxInflatedBytes}, so that a record of kilobytes cannot fill the memory. */
function inflated(stream: Buffer): Buffer {
  try {
    return inflateSync(stream, { maxOutputLength: maxInflatedBytes })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw unreadable(`the value's zlib stream holds more than ${maxInflatedBytes} bytes`)
    }
    throw unreadable("the value's zlib stream is damaged or cut off")
  }
}

function unreadable(message: string): SluiceError {
  return new SluiceError('RECORD_UNREADABLE', message)
}

function hex(byte: number | undefined): string {
  return `0x${byte?.toString(16).padStart(2, '0')}`
}
