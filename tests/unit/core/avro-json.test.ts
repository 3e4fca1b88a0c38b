import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AvroJsonFormat, avroReader } from '../../../src/core/avro-json.ts'

const plain: AvroJsonFormat = { unions: 'plain', bytes: 'characters' }
const encoded = (schema: unknown, value: unknown) =>
  avro.Type.forSchema(schema as avro.Schema, { wrapUnions: true }).toBuffer(value)
const json = (schema: unknown, value: unknown, format = plain) =>
  avroReader(JSON.stringify(schema), format).json(encoded(schema, value)).toString()
const field = (type: unknown) => ({ type: 'record', name: 'R', fields: [{ name: 'f', type }] })

describe('a value as JSON', () => {
  test.each<[unknown, unknown, string]>([
    ['null', null, 'null'],
    ['boolean', true, 'true'],
    ['int', -7, '-7'],
    ['long', 7, '7'],
    ['double', 1.5, '1.5'],
    ['double', Number.NaN, '"NaN"'],
    ['float', Number.POSITIVE_INFINITY, '"Infinity"'],
    ['string', 'ü"', '"ü\\""'],
    ['bytes', Buffer.from([0x61, 0xff]), '"aÿ"'],
    [{ type: 'fixed', name: 'F', size: 2 }, Buffer.from('ab'), '"ab"'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B', '"B"'],
    [{ type: 'array', items: 'int' }, [1, 2], '[1,2]'],
    [{ type: 'map', values: 'long' }, { a: 1 }, '{"a":1}'],
    [field('string'), { f: 'x' }, '{"f":"x"}'],
    [field(['null', 'string']), { f: { string: 'x' } }, '{"f":"x"}'],
    [field(['null', 'string']), { f: null }, '{"f":null}'],
    [field(['int', 'double', 'string']), { f: { double: 2 } }, '{"f":2}'],
    [field([{ ...field('int'), name: 'n.Inner' }, 'null']), { f: { 'n.Inner': { f: 1 } } }, '{"f":{"f":1}}'],
    [field({ type: 'long', logicalType: 'timestamp-millis' }), { f: 5 }, '{"f":5}'],
    [
      { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] },
      { next: { List: { next: null } } },
      '{"next":{"next":null}}',
    ],
  ])('%j: %j', (schema, value, text) => expect(json(schema, value)).toBe(text))

  test('a long keeps every digit', () => {
    const max = Buffer.from('feffffffffffffffff01', 'hex')
    expect(avroReader('"long"', plain).json(max).toString()).toBe('9223372036854775807')
    expect(avroReader('"long"', plain).json(Buffer.from('ffffffffffffffffff01', 'hex')).toString()).toBe(
      '-9223372036854775808',
    )
  })

  test('may be that of Avro: unions tagged; bytes may be base64', () => {
    expect(json(field(['null', 'string']), { f: { string: 'x' } }, { ...plain, unions: 'tagged' })).toBe(
      '{"f":{"string":"x"}}',
    )
    expect(json('bytes', Buffer.from([255]), { ...plain, bytes: 'base64' })).toBe('"/w=="')
  })
})

test('bytes of something else are refused, by both ways of reading', () => {
  const reader = avroReader(JSON.stringify(field('string')), plain)
  const refused = expect.objectContaining({ code: 'RECORD_UNREADABLE' })
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from([200]),
    Buffer.concat([encoded('string', 'x'), Buffer.from('!')]),
  ]) {
    expect(() => reader.check(bytes)).toThrow(refused)
    expect(() => reader.json(bytes)).toThrow(refused)
  }
})

test('any bytes are read or refused with the one code', () => {
  const reader = avroReader(JSON.stringify(field([{ type: 'map', values: 'long' }, 'string', 'bytes'])), plain)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      try {
        JSON.parse(reader.json(Buffer.from(bytes)).toString())
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_UNREADABLE' })
      }
    }),
  )
})

test.each(['{', '"Unknown"', '{"type":"record"}'])('a schema that cannot be compiled throws: %s', (text) =>
  expect(() => avroReader(text, plain)).toThrow(),
)
