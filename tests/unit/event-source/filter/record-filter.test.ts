import { describe, expect, test } from 'vitest'
import { compileFilter } from '../../../../src/event-source/filter/record-filter.ts'

const passes = (patterns: object[], value: string | Buffer | null) =>
  compileFilter(patterns.map((pattern) => JSON.stringify(pattern)))(
    typeof value === 'string' ? Buffer.from(value) : value,
  )
const json = { value: { device_ID: [{ prefix: 'AB' }] } }
const plain = { value: ['hello', { prefix: 'bye' }] }

describe("the message's form and the pattern's", () => {
  test.each<[string, object, string, boolean]>([
    ['JSON and a pattern for JSON', json, '{"device_ID":"AB1234","session":{}}', true],
    ['JSON that does not fit', json, '{"device_ID":"CD1234"}', false],
    ['plain text and a pattern for plain text', plain, 'hello', true],
    ['plain text that does not fit', plain, 'hello!', false],
    ['plain text and an operator', plain, 'bye now', true],
    ['plain text and a pattern for JSON', json, 'AB1234', false],
    ['JSON and a pattern for plain text', { value: [{ prefix: '{' }] }, '{"a":1}', false],
    ['broken JSON is plain text', { value: [{ prefix: '{' }] }, '{"a":', true],
    ['a number is plain text', { value: ['5'] }, '5', true],
    ['JSON and no pattern', {}, '{"a":1}', true],
    ['plain text and no pattern', {}, 'hello', true],
  ])('%s', (_, pattern, value, expected) => expect(passes([pattern], value)).toBe(expected))
})

test('patterns are alternatives', () => {
  expect(passes([json, plain], '{"device_ID":"AB"}')).toBe(true)
  expect(passes([json, plain], 'hello')).toBe(true)
  expect(passes([json, plain], 'else')).toBe(false)
})

test('a record without a value is null', () => {
  expect(passes([{ value: [null] }], null)).toBe(true)
  expect(passes([plain], null)).toBe(false)
  expect(passes([json], null)).toBe(false)
})

test('bytes that are no text are plain text that fits nothing', () => {
  expect(passes([plain], Buffer.from([0xff, 0xfe]))).toBe(false)
})

test.each([
  ['[]', 'is not an object'],
  ['{', 'is not JSON'],
  ['{"headers":["a"]}', 'filters on "headers"'],
  ['{"value":"hello"}', 'has "hello" at value'],
])('refuses %s', (pattern, sentence) => expect(() => compileFilter([pattern])).toThrow(sentence))
