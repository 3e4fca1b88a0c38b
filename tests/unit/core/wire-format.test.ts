import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame, unframe } from '../../../src/core/wire-format.ts'

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))

test('the frame is a zero byte, the schema id big endian, then the payload', () => {
  expect(frame(258, Buffer.from([0xaa, 0xbb]))).toEqual(Buffer.from([0, 0, 0, 1, 2, 0xaa, 0xbb]))
})

test('what was framed comes back, an empty payload included', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), bytes, (schemaId, payload) => {
      expect(unframe(frame(schemaId, payload))).toEqual({ schemaId, payload })
    }),
  )
})

test('any other bytes are either a frame or refused as RECORD_UNREADABLE', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      try {
        const { schemaId, payload } = unframe(value)
        expect(frame(schemaId, payload)).toEqual(value)
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_UNREADABLE', retryable: false })
      }
    }),
  )
})

test.each([
  ['no bytes at all', [], 'the value has 0 bytes, fewer than the 5 of a frame'],
  ['four bytes', [0, 0, 0, 1], 'the value has 4 bytes, fewer than the 5 of a frame'],
  ['another magic byte', [0x7b, 0, 0, 0, 1], 'the value begins with byte 0x7b, not 0x00'],
  ['a magic byte of one digit', [1, 0, 0, 0, 1], 'the value begins with byte 0x01, not 0x00'],
  ['schema id 0', [0, 0, 0, 0, 0], 'the value names schema id 0, not a positive number'],
  ['a negative schema id', [0, 255, 255, 255, 255], 'the value names schema id -1, not a positive number'],
])('%s is refused', (_, value, message) => {
  expect(() => unframe(Buffer.from(value))).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE', message }))
})
