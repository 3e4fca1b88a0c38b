import { expect, test } from 'vitest'
import { fitting, maxRecordBytes, recordBytes } from '../../../src/core/record-size.ts'

const record = (value: Buffer | null, headers = {}) => ({ key: 'k', value, headers })

test('a size counts key, value and every value of a header with its name', () => {
  const bare = recordBytes({ key: null, value: null, headers: {} })
  expect(recordBytes(record(Buffer.alloc(7))) - bare).toBe(8)
  const header = { näme: ['a', Buffer.from('bc')] }
  expect(recordBytes(record(null, header)) - bare).toBe(1 + 2 * (5 + 10) + 3)
})

test('a record fits up to the bytes of its topic', () => {
  const room = maxRecordBytes - recordBytes(record(Buffer.alloc(0)))
  const largest = record(Buffer.alloc(room))
  expect(fitting(largest, 't')).toBe(largest)
  expect(() => fitting(record(Buffer.alloc(room + 1)), 't')).toThrow(
    expect.objectContaining({
      code: 'RECORD_TOO_LARGE',
      message: 'the record for topic t has 1048577 bytes with its headers, more than the 1048576 allowed',
    }),
  )
})
