import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pipeline as users } from '../../../pipelines/users.ts'
import type { AvroRecordSchema } from '../../../src/core/avro-schema.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'

const userSchema = users.topic.schema
const anyUser = fc.record(
  Object.fromEntries(userSchema.fields.map(({ name }) => [name, fc.string({ unit: 'binary' })])),
)
const codec = avroCodec(userSchema)

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
} as const satisfies AvroRecordSchema
const orderCodec = avroCodec(order)
const orderText = JSON.stringify(order)

describe('round trip', () => {
  test('any user comes back as it was', () => {
    fc.assert(
      fc.property(anyUser, (user) => {
        expect({ ...codec.decode(codec.encode(user), JSON.stringify(userSchema)) }).toEqual(user)
      }),
    )
  })

  test('every type that a schema may have comes back as it was', () => {
    const every: AvroRecordSchema = {
      type: 'record',
      name: 'Every',
      fields: [
        { name: 'flag', type: 'boolean' },
        { name: 'count', type: 'int' },
        { name: 'total', type: 'long' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'ratio', type: 'double' },
        { name: 'raw', type: 'bytes' },
        { name: 'level', type: { type: 'enum', name: 'Level', symbols: ['low', 'high'] } },
        { name: 'tags', type: { type: 'array', items: 'string' } },
        { name: 'by_name', type: { type: 'map', values: 'int' } },
        { name: 'note', type: ['null', 'string'] },
        { name: 'inner', type: { type: 'record', name: 'Inner', fields: [{ name: 'a', type: 'null' }] } },
      ],
    }
    const record = {
      flag: true,
      count: -7,
      total: 2 ** 53 - 2,
      at: 1_700_000_000_000,
      ratio: 0.5,
      raw: Buffer.from([0, 255]),
      level: 'high',
      tags: ['x', 'ÿ', '東'],
      by_name: { a: 1 },
      note: null,
      inner: { a: null },
    }
    const { encode, decode } = avroCodec(every)
    expect(JSON.parse(JSON.stringify(decode(encode(record), JSON.stringify(every))))).toEqual(
      JSON.parse(JSON.stringify(record)),
    )
  })
})

describe('evolution', () => {
  const withNote = { ...order, fields: [...order.fields, { name: 'note', type: 'string', default: 'none' }] } as const

  test('bytes of an older schema get the default of a field that was added', () => {
    const bytes = orderCodec.encode({ id: 'a', amount: 1 })
    expect({ ...avroCodec(withNote).decode(bytes, orderText) }).toEqual({ id: 'a', amount: 1, note: 'none' })
  })

  test('bytes of a newer schema lose the field that is not known yet', () => {
    const bytes = avroCodec(withNote).encode({ id: 'a', amount: 1, note: 'new' })
    expect({ ...orderCodec.decode(bytes, JSON.stringify(withNote)) }).toEqual({ id: 'a', amount: 1 })
  })

  test('an int of an older schema is read as the double it became', () => {
    const older = { ...order, fields: [order.fields[0], { name: 'amount', type: 'int' }] } as const
    const bytes = avroCodec(older).encode({ id: 'a', amount: 3 })
    expect(orderCodec.decode(bytes, JSON.stringify(older))).toMatchObject({ amount: 3 })
  })

  test.each([
    ['lacks a field without a default', { ...order, fields: [order.fields[0]] }],
    ['has another type', { ...order, fields: [order.fields[0], { name: 'amount', type: 'string' }] }],
    ['is of another record', { ...order, name: 'Invoice' }],
  ])('a writer schema that %s is RECORD_INVALID', (_, writer) => {
    expect(() => orderCodec.decode(Buffer.alloc(9), JSON.stringify(writer))).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        message: "the record's schema cannot be read as schema Order",
      }),
    )
  })

  test('a writer schema that is no schema is RECORD_INVALID', () => {
    expect(() => orderCodec.decode(Buffer.alloc(9), '{')).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
  })
})

describe('refusals', () => {
  test.each([
    ['a missing field', { id: 'a' }, 'amount'],
    ['a wrong type', { id: 'a', amount: 'Zurich-4711' }, 'amount'],
    ['null where none may be', { id: null, amount: 1 }, 'id'],
  ])('%s is named, its value is not quoted', (_, record, field) => {
    expect(() => orderCodec.encode(record)).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        retryable: false,
        message: `field "${field}" does not fit schema Order`,
      }),
    )
  })

  test('a wrong field inside another is named with its path', () => {
    const inner = { type: 'record', name: 'Inner', fields: [{ name: 'street', type: 'string' }] } as const
    const outer = avroCodec({ type: 'record', name: 'Outer', fields: [{ name: 'address', type: inner }] })
    expect(() => outer.encode({ address: { street: 4711 } })).toThrow(
      'field "address.street" does not fit schema Outer',
    )
  })

  test('truncated bytes are RECORD_UNREADABLE, wherever they end', () => {
    const bytes = orderCodec.encode({ id: 'abc', amount: 1 })
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => orderCodec.decode(bytes.subarray(0, length), orderText)).toThrow(
        expect.objectContaining({ code: 'RECORD_UNREADABLE' }),
      )
    }
  })

  test('bytes behind the record are RECORD_UNREADABLE', () => {
    const bytes = Buffer.concat([orderCodec.encode({ id: 'abc', amount: 1 }), Buffer.from([0])])
    expect(() => orderCodec.decode(bytes, orderText)).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE' }))
  })

  test('random bytes are decoded or RECORD_UNREADABLE, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          orderCodec.decode(Buffer.from(bytes), orderText)
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORD_UNREADABLE' })
        }
      }),
    )
  })
})

describe('strings that UTF-8 cannot hold', () => {
  const tagged = {
    type: 'record',
    name: 'Tagged',
    fields: [
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'counts', type: { type: 'map', values: 'int' } },
    ],
  } as const satisfies AvroRecordSchema
  const tags = avroCodec(tagged)

  test.each([
    ['at the top', orderCodec, { id: '4711\ud800', amount: 1 }, 'id'],
    ['in a list', tags, { tags: ['a', '\udc00'], counts: {} }, 'tags.1'],
    ['in a name', tags, { tags: [], counts: { '\udc00': 1 } }, 'counts'],
  ])('half a surrogate pair %s is RECORD_INVALID', (_, { encode }, record, field) => {
    expect(() => encode(record)).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        message: `field "${field}" holds half a surrogate pair, which UTF-8 cannot hold`,
      }),
    )
  })

  test('bytes of a string that are not UTF-8 are RECORD_UNREADABLE, beside replacement characters too', () => {
    const bytes = tags.encode({ tags: ['\ufffd', 'abc'], counts: {} })
    Buffer.from([0xed, 0xa0, 0x80]).copy(bytes, bytes.indexOf('abc'))
    expect(() => tags.decode(bytes, JSON.stringify(tagged))).toThrow(
      expect.objectContaining({ code: 'RECORD_UNREADABLE', message: 'a string in the bytes is not UTF-8' }),
    )
  })

  test('replacement characters themselves are read, those of fields that are left out too', () => {
    const record = { tags: ['\ufffd', 'a\ufffd\ufffd'], counts: { '\ufffd': 1 } }
    expect(JSON.parse(JSON.stringify(tags.decode(tags.encode(record), JSON.stringify(tagged))))).toEqual(record)
    const narrow = avroCodec({ ...tagged, fields: [tagged.fields[1]] })
    expect(JSON.parse(JSON.stringify(narrow.decode(tags.encode(record), JSON.stringify(tagged))))).toEqual({
      counts: record.counts,
    })
  })
})
