import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frame, maxInflatedBytes, unframe } from '../../../src/core/wire-format.ts'

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))
const schemaIds = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.uuid())

const uuid = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
const uuidBytes = [0xb7, 0xb4, 0xa7, 0xf0, 0x9c, 0x96, 0x4e, 0x4a, 0xa6, 0x87, 0xfb, 0x5d, 0xe9, 0xef, 0x0c, 0x63]
/** Header of AWS Glue's format with a compressed payload. */
const zlibHeader = [0x03, 0x05, ...uuidBytes]

test("Confluent's frame is a zero byte, the schema id big endian, then the payload", () => {
  const framed = Buffer.from([0, 0, 0, 1, 2, 0xaa, 0xbb])
  expect(frame(258, Buffer.from([0xaa, 0xbb]))).toEqual(framed)
  expect(unframe(framed)).toEqual({ schemaId: 258, payload: Buffer.from([0xaa, 0xbb]) })
})

test("Glue's frame is byte 3, byte 0, the UUID of the schema version, then the payload", () => {
  const framed = Buffer.from([0x03, 0x00, ...uuidBytes, 0xaa, 0xbb])
  expect(frame(uuid, Buffer.from([0xaa, 0xbb]))).toEqual(framed)
  expect(unframe(framed)).toEqual({ schemaId: uuid, payload: Buffer.from([0xaa, 0xbb]) })
})

test("Glue's frame with byte 5 holds the payload as a zlib stream", () => {
  // "aa" as Python's zlib.compress(b'aa') has it.
  const framed = Buffer.from([...zlibHeader, 0x78, 0x9c, 0x4b, 0x4c, 0x04, 0x00, 0x01, 0x25, 0x00, 0xc3])
  expect(unframe(framed)).toEqual({ schemaId: uuid, payload: Buffer.from('aa') })
})

test('what was framed comes back, an empty payload included', () => {
  fc.assert(
    fc.property(schemaIds, bytes, (schemaId, payload) => {
      expect(unframe(frame(schemaId, payload))).toEqual({ schemaId, payload })
    }),
  )
})

test("what another producer compressed comes back, whatever the level, and under Glue's id", () => {
  fc.assert(
    fc.property(fc.uuid(), bytes, fc.integer({ min: 0, max: 9 }), (schemaId, payload, level) => {
      const header = frame(schemaId, Buffer.alloc(0))
      header[1] = 0x05
      expect(unframe(Buffer.concat([header, deflateSync(payload, { level })]))).toEqual({ schemaId, payload })
    }),
  )
})

/** Bytes that look like the beginning of either format, and any others. */
const anyValue = fc
  .tuple(fc.constantFrom([], [0], [3], [3, 0], [3, 5], [3, 5, ...uuidBytes]), bytes)
  .map(([start, rest]) => Buffer.concat([Buffer.from(start), rest]))

test('any bytes are either a frame or refused as RECORD_UNREADABLE', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      try {
        const { schemaId, payload } = unframe(value)
        const isCompressed = value[0] === 3 && value[1] === 5
        expect(frame(schemaId, payload)).toEqual(isCompressed ? expect.anything() : value)
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_UNREADABLE', retryable: false })
      }
    }),
  )
})

describe('refused is', () => {
  const neither = 'neither 0x00 (Confluent) nor 0x03 (AWS Glue)'
  const damaged = "the value's zlib stream is damaged or cut off"
  test.each([
    ['no bytes at all', [], 'the value has 0 bytes, fewer than the 5 of a frame'],
    ['four bytes', [0, 0, 0, 1], 'the value has 4 bytes, fewer than the 5 of a frame'],
    ['another magic byte', [0x7b, 0, 0, 0, 1], `the value begins with byte 0x7b, ${neither}`],
    ['a magic byte of one digit', [1, 0, 0, 0, 1], `the value begins with byte 0x01, ${neither}`],
    ['schema id 0', [0, 0, 0, 0, 0], 'the value names schema id 0, not a positive number'],
    ['a negative schema id', [0, 255, 255, 255, 255], 'the value names schema id -1, not a positive number'],
    ['a UUID cut off', [3, 0, ...uuidBytes.slice(1)], "the value has 17 bytes, fewer than the 18 of AWS Glue's frame"],
    [
      'an unknown compression',
      [3, 7, ...uuidBytes],
      'the value names compression 0x07, neither 0x00 (none) nor 0x05 (zlib)',
    ],
    ['a zlib stream that is none', [...zlibHeader, 1, 2, 3], damaged],
    ['a zlib stream without an end', [...zlibHeader, ...deflateSync('a long enough text').subarray(0, -6)], damaged],
    ['no zlib stream at all', zlibHeader, damaged],
  ])('%s', (_, value, message) => {
    expect(() => unframe(Buffer.from(value))).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE', message }))
  })

  test('a stream that becomes larger than any record, while as much as allowed is read', () => {
    const ofSize = (size: number) => Buffer.from([...zlibHeader, ...deflateSync(Buffer.alloc(size))])
    expect(unframe(ofSize(maxInflatedBytes)).payload).toHaveLength(maxInflatedBytes)
    expect(ofSize(maxInflatedBytes + 1).length).toBeLessThan(20_000)
    expect(() => unframe(ofSize(maxInflatedBytes + 1))).toThrow(
      expect.objectContaining({
        code: 'RECORD_UNREADABLE',
        message: `the value's zlib stream holds more than ${maxInflatedBytes} bytes`,
      }),
    )
  })
})

test('a schema id that is neither kind is a defect, not a frame', () => {
  expect(() => frame('orders-value', Buffer.alloc(0))).toThrow('schema id orders-value is no UUID')
})
