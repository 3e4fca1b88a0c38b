import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fieldAt, jsonType, leftOutAndFilled, pathText } from '../../../src/core/drift.ts'

const schema = v.object({
  id: v.string(),
  tags: v.array(v.object({ name: v.string() })),
  size: v.optional(v.number(), 1),
  note: v.optional(v.string()),
  labels: v.record(v.string(), v.string()),
  when: v.pipe(
    v.string(),
    v.transform((text) => new Date(text)),
  ),
  any: v.unknown(),
})
const whole = { id: 'a', tags: [{ name: 'x' }], size: 2, labels: { a: 'b' }, when: '2026-03-01', any: { of: ['it'] } }
const differences = (value: object) =>
  leftOutAndFilled(value, v.parse(schema, value)).map(({ kind, path, found }) => [kind, pathText(path), found])

describe('what a schema left out and filled in', () => {
  test('is nothing where each field has a place, whatever the schema makes of it', () => {
    expect(differences(whole)).toEqual([])
  })

  test('is found at any depth, with its type', () => {
    const value = { ...whole, tags: [{ name: 'x' }, { name: 'y', rank: 3 }], size: undefined, extra: { of: 'it' } }
    expect(differences(JSON.parse(JSON.stringify(value)))).toEqual([
      ['unknown', 'tags[1].rank', 'integer'],
      ['unknown', 'extra', 'object'],
      ['missing', 'size', null],
    ])
  })

  test('has also fields of names that objects have already', () => {
    const value = JSON.parse(JSON.stringify(whole).replace('{', '{"__proto__":1,"constructor":null,'))
    expect(differences(value)).toEqual([
      ['unknown', '__proto__', 'integer'],
      ['unknown', 'constructor', 'null'],
    ])
  })

  test('is nothing for any JSON that is left as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(leftOutAndFilled(value, structuredClone(value))).toEqual([])
      }),
    )
  })
})

test.each([
  [['a', 'b', 3, 'c d', 0], 'a.b[3]["c d"][0]'],
  [[], ''],
  [[0, 'id'], '[0].id'],
])('the path %j is written %s', (path, text) => {
  expect(pathText(path)).toBe(text)
})

test('a field is found by its path, and nothing by one that leads nowhere', () => {
  expect(fieldAt({ a: [{ b: null }] }, ['a', 0, 'b'])).toBeNull()
  expect(fieldAt({ a: 1 }, ['a', 'length', 'b'])).toBeUndefined()
  expect(fieldAt({}, ['toString'])).toBeUndefined()
})

test.each([
  [null, 'null'],
  [true, 'boolean'],
  [2, 'integer'],
  [2.5, 'number'],
  ['2', 'string'],
  [[], 'array'],
  [{}, 'object'],
])('%j is of type %s', (value, type) => {
  expect(jsonType(value)).toBe(type)
})
