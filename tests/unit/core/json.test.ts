import { expect, test } from 'vitest'
import { jsonOrNull } from '../../../src/core/json.ts'

test.each([
  ['{"a":1}', { a: 1 }],
  ['"a"', 'a'],
  ['', null],
  ['{"a":', null],
  ['no JSON', null],
])('%j holds %j', (text, held) => {
  expect(jsonOrNull(text)).toEqual(held)
})
