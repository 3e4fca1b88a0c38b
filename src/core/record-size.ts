/**
 * How large a record is to a broker, and how large it may be.
 */
import { SluiceError } from './errors.ts'

/** Most bytes of one record, alone in its batch, that a topic of a pipeline takes. */
export const maxRecordBytes = 1_048_576
/** The same for a topic of dead letters: a dead letter carries its record whole, and its reason besides. */
export const maxDeadLetterBytes = 2 * maxRecordBytes

/** What a record's size depends on. A repeated header has an array of values. */
export type Sized = {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>
}

/** Record batch v2: 61 bytes of the batch, and at most 37 of a record's own lengths, time and offset. */
const frameBytes = 98
/** The lengths of a header's name and value, at most 5 bytes each. */
const headerFrameBytes = 10

/** Bytes of a record alone in an uncompressed batch, or up to some tens more: lengths count with their most. */
export function recordBytes({ key, value, headers }: Sized): number {
  let bytes = frameBytes + byteLength(key) + byteLength(value)
  for (const [name, values] of Object.entries(headers)) {
    for (const each of [values].flat()) bytes += headerFrameBytes + Buffer.byteLength(name) + byteLength(each)
  }
  return bytes
}

/** The record, if the topic takes it. Fails with RECORD_TOO_LARGE. */
export function fitting<R extends Sized>(record: R, topic: string): R {
  const bytes = recordBytes(record)
  if (bytes <= maxRecordBytes) return record
  throw new SluiceError(
    'RECORD_TOO_LARGE',
    `the record for topic ${topic} has ${bytes} bytes with its headers, more than the ${maxRecordBytes} allowed`,
  )
}

function byteLength(field: Buffer | string | null): number {
  return field === null ? 0 : Buffer.byteLength(field)
}
