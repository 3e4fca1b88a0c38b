import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakingChanges, changeSentence } from '../../../src/core/schema-diff.ts'

const record = (fields: readonly object[], name = 'User') => ({ type: 'record', name, namespace: 'a.b', fields })
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })
const id = field('id', 'string')
const mood = (...symbols: string[]) => ({ type: 'enum', name: 'Mood', symbols })
const sentences = (before: unknown, after: unknown) => breakingChanges(before, after).map(changeSentence)

describe('each breaking change names field, old, new and a remedy', () => {
  test.each<[string, unknown, unknown, string]>([
    [
      'a new field without default',
      record([id]),
      record([id, field('age', 'int')]),
      'field "age" is new and has no default (none → int): give it a default',
    ],
    [
      'a field that is gone and had no default',
      record([id, field('age', 'int')]),
      record([id]),
      'field "age" is gone and had no default (int → none): keep it, as what still runs cannot read records without it',
    ],
    [
      'another type',
      record([field('age', 'string')]),
      record([field('age', 'int')]),
      'field "age" has another type (string → int): keep it, and add the new form as another field with a default',
    ],
    [
      'a wider type, which old readers cannot take',
      record([field('age', 'int')]),
      record([field('age', 'long')]),
      'field "age" has another type (int → long)',
    ],
    [
      'null allowed',
      record([field('age', 'int')]),
      record([field('age', ['null', 'int'])]),
      'field "age" has another type (int → null | int)',
    ],
    [
      'other symbols',
      record([field('mood', mood('GOOD', 'BAD'))]),
      record([field('mood', mood('GOOD', 'UGLY'))]),
      'field "mood" has other symbols (GOOD, BAD → GOOD, UGLY): keep the symbols',
    ],
    [
      'another record name',
      record([id]),
      record([id], 'Person'),
      'the record has another name (a.b.User → a.b.Person): keep the name "a.b.User"',
    ],
    [
      'a field of a record in an array in a map',
      record([field('homes', { type: 'map', values: { type: 'array', items: record([id], 'Home') } })]),
      record([field('homes', { type: 'map', values: { type: 'array', items: record([], 'Home') } })]),
      'field "homes{}[].id" is gone and had no default (string → none)',
    ],
    [
      'an array in place of its items',
      record([field('tags', 'string')]),
      record([field('tags', { type: 'array', items: 'string' })]),
      'field "tags" has another type (string → array of string)',
    ],
    [
      'a record in place of a map',
      record([field('home', { type: 'map', values: 'int' })]),
      record([field('home', record([id], 'Home'))]),
      'field "home" has another type (map of int → record a.b.Home)',
    ],
  ])('%s', (_, before, after, sentence) => {
    expect(sentences(before, after)).toEqual([expect.stringContaining(sentence)])
  })

  test('several changes are all named', () => {
    expect(sentences(record([id]), record([field('key', 'string')], 'Person'))).toHaveLength(3)
  })
})

test.each<[string, unknown, unknown]>([
  ['a new field with a default', record([id]), record([id, field('age', 'int', { default: 0 })])],
  ['a new field whose default is null', record([id]), record([id, field('age', ['null', 'int'], { default: null })])],
  ['a field with a default that is gone', record([id, field('age', 'int', { default: 0 })]), record([id])],
  ['another order of fields', record([id, field('age', 'int')]), record([field('age', 'int'), id])],
  ['another order of symbols', record([field('mood', mood('A', 'B'))]), record([field('mood', mood('B', 'A'))])],
  [
    'a logical type',
    record([field('at', 'long')]),
    record([field('at', { type: 'long', logicalType: 'timestamp-millis' })]),
  ],
  ['a new doc', record([id]), { ...record([id]), doc: 'a user' }],
])('%s breaks nothing', (_, before, after) => {
  expect(sentences(before, after)).toEqual([])
})

/** Avro's own implementation reads the one with the other, both ways. */
function isReadableBothWays(before: object, after: object): boolean {
  const [a, b] = [before, after].map((schema) => avro.Type.forSchema(schema as avro.Schema)) as [avro.Type, avro.Type]
  try {
    a.createResolver(b)
    b.createResolver(a)
    return true
  } catch {
    return false
  }
}

const primitive = fc.constantFrom('int', 'long', 'float', 'double', 'string', 'bytes', 'boolean')
const symbols = fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 })
const { type } = fc.letrec<{ type: unknown }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2 },
    primitive,
    symbols.map((list) => ({ type: 'enum', name: 'Mood', symbols: list })),
    primitive.map((each) => ['null', each]),
    tie('type').map((items) => ({ type: 'array', items })),
    tie('type').map((values) => ({ type: 'map', values })),
  ),
}))
const defaulted = fc.constantFrom(field('n', 'int', { default: 1 }), field('s', 'string', { default: '' }))
const plain = fc.tuple(fc.constantFrom('n', 's', 't'), type).map(([name, of]) => field(name, of))
/** A named type may be defined once only in a schema. */
const isDefinedOnce = (fields: readonly object[]) => (JSON.stringify(fields).match(/"Mood"/g) ?? []).length <= 1
const schema = fc
  .uniqueArray(fc.oneof(defaulted, plain), { selector: ({ name }) => name, maxLength: 3 })
  .filter(isDefinedOnce)
  .chain((fields) => fc.constantFrom('User', 'User', 'User', 'Person').map((name) => record(fields, name)))

test("there is a breaking change exactly when Avro's resolution fails one way or the other", () => {
  fc.assert(
    fc.property(schema, schema, (before, after) => {
      expect(breakingChanges(before, after).length === 0).toBe(isReadableBothWays(before, after))
    }),
    { numRuns: 2_000 },
  )
})

test('a schema breaks nothing to itself, and every change back is breaking as well', () => {
  fc.assert(
    fc.property(schema, schema, (before, after) => {
      expect(breakingChanges(after, after)).toEqual([])
      expect(breakingChanges(after, before).length > 0).toBe(breakingChanges(before, after).length > 0)
    }),
  )
})
