/**
 * The kinds of records that are put on topics by hand: bad ones, each with its code, and good ones out of the ordinary.
 */
import type { AvroRecordSchema } from '../../src/core/avro-schema.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { frame } from '../../src/core/wire-format.ts'
import { type Change, secret } from './records.ts'

/** The topic's schema with one field less, which has a default, and with an optional one more. */
export function neighbours({ schema }: AnyTopic): Record<'older' | 'newer', AvroRecordSchema> {
  const older = schema.fields.filter(({ name }) => name !== 'nationality' && name !== 'country_code')
  const added = { name: 'nickname', type: ['null', 'string'], default: null } as const
  return { older: { ...schema, fields: older }, newer: { ...schema, fields: [...schema.fields, added] } }
}

const foreignSchema: AvroRecordSchema = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] }

/** Every kind of bad record, with the code it is given up with. */
export const badKinds: Readonly<Record<string, Change>> = {
  'not Avro': { value: () => Buffer.from([0xff, 0x00, 0x80, 0x7f]), code: 'RECORD_UNREADABLE' },
  'JSON instead': { value: () => Buffer.from(JSON.stringify({ id: 'a', email: secret })), code: 'RECORD_UNREADABLE' },
  'an empty value': { value: () => Buffer.alloc(0), code: 'RECORD_UNREADABLE' },
  'a null value': { value: () => null, code: 'RECORD_VALUE_MISSING' },
  'no key': { record: { key: null }, code: 'RECORD_KEY_MISSING' },
  'an unknown schema id': { value: (same) => frame(999_999, same.subarray(5)), code: 'SCHEMA_UNKNOWN' },
  'the largest schema id': { value: (same) => frame(0x7fff_ffff, same.subarray(5)), code: 'SCHEMA_UNKNOWN' },
  'schema id 0': { value: (same) => frame(0, same.subarray(5)), code: 'RECORD_UNREADABLE' },
  "another record's schema": { schema: foreignSchema, code: 'RECORD_INVALID' },
  'half of its bytes': { value: (same) => same.subarray(0, same.length / 2), code: 'RECORD_UNREADABLE' },
  'bytes behind its end': { value: (same) => Buffer.concat([same, Buffer.from(secret)]), code: 'RECORD_UNREADABLE' },
  'a lone surrogate': { fields: { phone: 'ééé!' }, value: surrogateForMark, code: 'RECORD_UNREADABLE' },
  '900 kB that are no Avro': { value: () => Buffer.alloc(900_000, secret), code: 'RECORD_UNREADABLE' },
}

/** Puts the three bytes of U+D800 in the place of three bytes of the mark. */
function surrogateForMark(ordinary: Buffer): Buffer {
  const value = Buffer.from(ordinary)
  Buffer.from([0xed, 0xa0, 0x80, 0x21, 0x21, 0x21]).copy(value, value.indexOf('ééé!'))
  return value
}

/** Every kind of good record that is out of the ordinary. */
export function goodKinds(topic: AnyTopic): Readonly<Record<string, Change>> {
  const { older, newer } = neighbours(topic)
  return {
    'an ordinary record': {},
    'an older schema': { schema: older },
    'a newer schema': { schema: newer, fields: { nickname: secret } },
    'a newer schema without its field': { schema: newer, fields: { nickname: null } },
    '900 kB': { fields: { phone: 'x'.repeat(900_000) } },
    'NUL characters': { fields: { phone: '\0a\0' } },
    'replacement characters': { fields: { phone: '\ufffd!\ufffd' } },
    'headers of all kinds': { record: { headers: { twice: ['1', '2'], binary: Buffer.from([0, 128, 255]), '': 'e' } } },
  }
}
