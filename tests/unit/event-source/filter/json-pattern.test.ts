import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, PatternError } from '../../../../src/event-source/filter/json-pattern.ts'

const fits = (pattern: unknown, value: unknown) => compilePattern(pattern, 'value')(value)

/** Operator, pattern, values that fit, values that do not. The examples follow those of the EventBridge User Guide. */
const operators: [string, object, unknown[], unknown[]][] = [
  ['exact text', { state: ['running'] }, [{ state: 'running' }], [{ state: 'Running' }, { state: 1 }, {}]],
  ['exact number', { n: [300] }, [{ n: 300 }, { n: 300.0 }, { n: 3.0e2 }], [{ n: '300' }, { n: 301 }]],
  ['true, false', { a: [true] }, [{ a: true }], [{ a: 'true' }, { a: false }]],
  ['null', { id: [null] }, [{ id: null }], [{ id: '' }, {}, { id: 'null' }]],
  ['empty text', { version: [''] }, [{ version: '' }], [{ version: null }, {}, { version: ' ' }]],
  ['or within a list', { source: ['a', 'b'] }, [{ source: 'a' }, { source: 'b' }], [{ source: 'c' }]],
  ['and of fields', { a: ['x'], b: [1] }, [{ a: 'x', b: 1, c: 0 }], [{ a: 'x' }, { a: 'x', b: 2 }]],
  ['nested', { a: { b: ['x'] } }, [{ a: { b: 'x' } }], [{ a: 'x' }, { b: 'x' }, { a: { c: 'x' } }]],
  ['prefix', { time: [{ prefix: '2017-10-02' }] }, [{ time: '2017-10-02T18:43:48Z' }], [{ time: '2017-10' }]],
  [
    'prefix, any case',
    { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    [{ service: 'EVENTBridge' }, { service: 'eventb' }],
    [{ service: 'even' }],
  ],
  ['suffix', { file: [{ suffix: '.png' }] }, [{ file: 'a.png' }], [{ file: 'a.PNG' }, { file: 'png' }]],
  ['suffix, any case', { file: [{ suffix: { 'equals-ignore-case': '.png' } }] }, [{ file: 'a.PNG' }], [{ file: 'a' }]],
  [
    'anything-but text',
    { state: [{ 'anything-but': 'initializing' }] },
    [{ state: 'x' }],
    [{ state: 'initializing' }, {}],
  ],
  ['anything-but number', { x: [{ 'anything-but': 123 }] }, [{ x: 124 }, { x: '123' }], [{ x: 123 }]],
  ['anything-but texts', { s: [{ 'anything-but': ['a', 'b'] }] }, [{ s: 'c' }], [{ s: 'a' }, { s: 'b' }]],
  ['anything-but numbers', { s: [{ 'anything-but': [1, 2] }] }, [{ s: 3 }], [{ s: 1 }, { s: 2 }]],
  ['anything-but prefix', { r: [{ 'anything-but': { prefix: 'us-' } }] }, [{ r: 'eu-1' }], [{ r: 'us-1' }, {}]],
  [
    'anything-but prefixes',
    { r: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] },
    [{ r: 'ap-1' }],
    [{ r: 'us-1' }, { r: 'eu-1' }],
  ],
  ['anything-but suffix', { f: [{ 'anything-but': { suffix: '.txt' } }] }, [{ f: 'a.png' }], [{ f: 'a.txt' }]],
  [
    'anything-but suffixes',
    { f: [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }] },
    [{ f: 'a.png' }],
    [{ f: 'a.txt' }, { f: 'a.rtf' }],
  ],
  [
    'anything-but, any case',
    { s: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
    [{ s: 'running' }],
    [{ s: 'INITIALIZING' }, { s: 'Stopped' }],
  ],
  [
    'anything-but wildcard',
    { p: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] },
    [{ p: '/usr/x' }],
    [{ p: '/usr/lib/x' }, { p: '/bin/x' }],
  ],
  [
    'numeric range',
    { c: [{ numeric: ['>', 0, '<=', 5] }] },
    [{ c: 0.1 }, { c: 5 }],
    [{ c: 0 }, { c: 5.1 }, { c: '3' }, {}],
  ],
  ['numeric =', { c: [{ numeric: ['=', 301.8] }] }, [{ c: 301.8 }], [{ c: 301.81 }]],
  ['numeric <', { c: [{ numeric: ['<', 10] }] }, [{ c: 9 }], [{ c: 10 }]],
  ['numeric >=', { c: [{ numeric: ['>=', 10] }] }, [{ c: 10 }], [{ c: 9 }]],
  ['exists', { c: [{ exists: true }] }, [{ c: 1 }, { c: null }, { c: [0] }], [{}, { c: {} }, { c: [] }]],
  ['exists not', { c: [{ exists: false }] }, [{}, { d: 1 }], [{ c: 1 }, { c: null }]],
  ['exists not, below', { a: { c: [{ exists: false }] } }, [{}, { a: {} }], [{ a: { c: 1 } }]],
  ['equals-ignore-case', { d: [{ 'equals-ignore-case': 'alice' }] }, [{ d: 'ALICE' }, { d: 'Alice' }], [{ d: 'bob' }]],
  ['wildcard', { f: [{ wildcard: 'dir/*.png' }] }, [{ f: 'dir/a.png' }, { f: 'dir/.png' }], [{ f: 'dir/a.jpg' }]],
  ['wildcards', { f: [{ wildcard: '*/a*b/*' }] }, [{ f: 'x/a1b/y' }, { f: '/ab/' }], [{ f: '/a/c/' }, { f: 'ab/' }]],
  ['wildcard, escaped', { f: [{ wildcard: 'a\\*b\\\\*' }] }, [{ f: 'a*b\\c' }], [{ f: 'axb\\c' }]],
  ['cidr', { ip: [{ cidr: '10.0.0.0/24' }] }, [{ ip: '10.0.0.255' }], [{ ip: '10.0.1.0' }, { ip: 'x' }, { ip: '::1' }]],
  ['cidr, IPv6', { ip: [{ cidr: '2001:db8::/32' }] }, [{ ip: '2001:db8::1' }], [{ ip: '2001:db9::1' }]],
  [
    '$or',
    { $or: [{ a: [1] }, { b: { c: ['x'] } }], d: ['y'] },
    [
      { a: 1, d: 'y' },
      { b: { c: 'x' }, d: 'y' },
    ],
    [{ a: 1 }, { d: 'y' }],
  ],
  ['a list of values', { tags: ['b'] }, [{ tags: ['a', 'b'] }, { tags: [['b']] }], [{ tags: ['a'] }, { tags: [] }]],
  [
    'a list of objects',
    { items: { id: ['1'], state: ['ok'] } },
    [
      {
        items: [
          { id: '2', state: 'ok' },
          { id: '1', state: 'ok' },
        ],
      },
    ],
    [
      {
        items: [
          { id: '1', state: 'no' },
          { id: '2', state: 'ok' },
        ],
      },
    ],
  ],
]

describe.each(operators)('%s', (_, pattern, fitting, others) => {
  test.each(fitting)('fits %j', (value) => expect(fits(pattern, value)).toBe(true))
  test.each(others)('does not fit %j', (value) => expect(fits(pattern, value)).toBe(false))
})

test.each([
  [{}, 'an empty object at value'],
  [{ a: {} }, 'an empty object at value.a'],
  [{ a: [] }, 'an empty list at value.a'],
  [{ a: 'x' }, '"x" at value.a, where an object or a list must stand'],
  [{ a: [{ like: 1 }] }, 'the matcher {"like":1}, which is none, at value.a'],
  [{ a: [{ prefix: 'a', suffix: 'b' }] }, 'the matcher'],
  [{ a: [{ prefix: 1 }] }, 'the matcher'],
  [{ a: [{ numeric: ['>', '1'] }] }, 'the matcher'],
  [{ a: [{ numeric: ['>', 5, '<', 5] }] }, 'the matcher'],
  [{ a: [{ numeric: ['<', 1, '>', 5] }] }, 'the matcher'],
  [{ a: [{ numeric: ['!', 5] }] }, 'the matcher'],
  [{ a: [{ 'anything-but': [] }] }, 'the matcher'],
  [{ a: [{ 'anything-but': ['a', 1] }] }, 'the matcher'],
  [{ a: [{ wildcard: 'a**b' }] }, 'the matcher'],
  [{ a: [{ wildcard: 'a\\b' }] }, 'the matcher'],
  [{ a: [{ cidr: '10.0.0.0/33' }] }, 'the matcher'],
  [{ a: [{ exists: 'yes' }] }, 'the matcher'],
  [{ $or: [{ a: [1] }] }, 'at value.$or'],
])('refuses %j', (pattern, sentence) => {
  expect(() => compilePattern(pattern, 'value')).toThrow(PatternError)
  expect(() => compilePattern(pattern, 'value')).toThrow(sentence)
})

const text = fc.string({ maxLength: 8 })
const leaf = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean())

test('exact, anything-but and exists agree with what they say, whatever the value', () => {
  fc.assert(
    fc.property(leaf, fc.oneof(text, fc.integer()), (value, wanted) => {
      expect(fits({ a: [wanted] }, { a: value })).toBe(value === wanted)
      expect(fits({ a: [{ 'anything-but': wanted }] }, { a: value })).toBe(value !== wanted)
      expect(fits({ a: [{ exists: true }] }, { a: value })).toBe(true)
    }),
  )
})

test('a wildcard fits what a regular expression of its form fits', () => {
  const anyPattern = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 7 }).map((list) => list.join(''))
  const anyText = fc.array(fc.constantFrom('a', 'b'), { maxLength: 9 }).map((list) => list.join(''))
  fc.assert(
    fc.property(anyPattern, anyText, (wildcard, value) => {
      fc.pre(!wildcard.includes('**'))
      const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(value)
      expect(fits({ a: [{ wildcard }] }, { a: value })).toBe(expected)
    }),
  )
})

test('$or is the same as its branches one by one, and fields as one by one', () => {
  fc.assert(
    fc.property(fc.record({ a: leaf, b: leaf }), fc.tuple(leaf, leaf), (value, [x, y]) => {
      const [a, b] = [{ a: [x] }, { b: [y] }]
      expect(fits({ $or: [a, b] }, value)).toBe(fits(a, value) || fits(b, value))
      expect(fits({ ...a, ...b }, value)).toBe(fits(a, value) && fits(b, value))
    }),
  )
})

test('any JSON can be tested', () => {
  const pattern = { a: { b: [{ 'anything-but': { prefix: 'x' } }] }, c: [{ exists: false }] }
  fc.assert(fc.property(fc.jsonValue(), (value) => void expect(typeof fits(pattern, value)).toBe('boolean')))
})
