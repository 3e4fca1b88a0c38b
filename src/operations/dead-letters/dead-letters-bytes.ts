/**
 * Bytes of a record for people: as text where they are text, else as hex; and whose schema a value names.
 */
import { type SchemaId, unframe } from '../../core/wire-format.ts'

const mostBytes = 4_096

/** Printable text as it is, other bytes in hex; 4,096 bytes at most, and then how many there are. */
export function bytesText(bytes: Buffer | null): string {
  if (bytes === null) return '(none)'
  if (bytes.length === 0) return '(empty)'
  const text = printable(bytes)
  if (text !== null) return text.length > mostBytes ? `${text.slice(0, mostBytes)}… (${bytes.length} bytes)` : text
  const hex = bytes.subarray(0, mostBytes).toString('hex')
  return bytes.length > mostBytes ? `0x${hex}… (${bytes.length} bytes)` : `0x${hex} (${bytes.length} bytes)`
}

/** The id of the schema that a value names; null for bytes in no wire format. */
export function schemaIdOf(value: Buffer | null): SchemaId | null {
  try {
    return value && unframe(value).schemaId
  } catch {
    return null
  }
}

/** The text of UTF-8 bytes without control characters, which could do things to a terminal; null for others. */
function printable(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /[^\P{C}\t\n\r]/u.test(text) ? null : text
  } catch {
    return null
  }
}
