/**
 * Filters.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { until } from '../scene.ts'

/** The patterns let these of the values through; all are committed. */
const filterCase = (
  behaviour: string,
  patterns: readonly object[],
  values: readonly (string | null)[],
  through: readonly string[],
  source: string = pages.patterns,
): ConformanceCase => ({
  behaviour,
  source,
  feature: 'filters',
  async run(scene) {
    await scene.createTopic()
    await scene.produce(values)
    const Filters = patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) }))
    await scene.start('echo', { FilterCriteria: { Filters } })
    await scene.committed(values.length)
    expect(scene.batches().flat()).toEqual(through)
    const { FilteredOutEventCount, PolledEventCount } = scene.status().metrics
    expect([PolledEventCount, FilteredOutEventCount]).toEqual([values.length, values.length - through.length])
  },
})

const on = (leaf: unknown) => [{ value: { a: leaf } }]
const json = (...values: unknown[]) => values.map((a) => JSON.stringify({ a }))

const operatorCase = (name: string, leaf: unknown[], values: unknown[], through: unknown[]) =>
  filterCase(`${name} works in a pattern`, on(leaf), json(...values), json(...through))

export const filterCases: readonly ConformanceCase[] = [
  filterCase(
    'JSON values are filtered by a pattern for JSON',
    [{ value: { device_ID: [{ prefix: 'AB' }] } }],
    ['{"device_ID":"AB1","session":{}}', '{"device_ID":"CD1"}'],
    ['{"device_ID":"AB1","session":{}}'],
    pages.filtering,
  ),
  filterCase(
    'plain text is filtered by a pattern for plain text',
    [{ value: ['a'] }],
    ['a', 'b'],
    ['a'],
    pages.filtering,
  ),
  filterCase(
    'plain text does not fit a pattern for JSON',
    on(['x']),
    ['x', '{"a":"x"}'],
    ['{"a":"x"}'],
    pages.filtering,
  ),
  filterCase(
    'JSON does not fit a pattern for plain text',
    [{ value: [{ prefix: '{' }] }],
    ['{"a":1}', '{not JSON'],
    ['{not JSON'],
    pages.filtering,
  ),
  filterCase(
    'several patterns are alternatives',
    [{ value: { a: [1] } }, { value: ['x'] }],
    ['{"a":1}', 'x', '{"a":2}'],
    ['{"a":1}', 'x'],
    pages.filtering,
  ),
  filterCase(
    'several fields must all fit',
    [{ value: { a: [1], b: [2] } }],
    ['{"a":1,"b":2}', '{"a":1}'],
    ['{"a":1,"b":2}'],
  ),
  filterCase(
    'nested fields are compared',
    [{ value: { a: { b: ['x'] } } }],
    ['{"a":{"b":"x"}}', '{"a":"x"}'],
    ['{"a":{"b":"x"}}'],
  ),
  filterCase(
    '$or joins fields',
    [{ value: { $or: [{ a: [1] }, { b: [1] }] } }],
    ['{"a":1}', '{"b":1}', '{"c":1}'],
    ['{"a":1}', '{"b":1}'],
  ),
  operatorCase('exact', ['x', 3, true, null, ''], ['x', 3, true, null, '', 'X', 4], ['x', 3, true, null, '']),
  operatorCase('prefix', [{ prefix: 'us-' }], ['us-1', 'eu-1'], ['us-1']),
  operatorCase('suffix', [{ suffix: '.png' }], ['a.png', 'a.jpg'], ['a.png']),
  operatorCase('equals-ignore-case', [{ 'equals-ignore-case': 'bob' }], ['BOB', 'al'], ['BOB']),
  operatorCase('anything-but', [{ 'anything-but': ['x', 'y'] }], ['x', 'y', 'z'], ['z']),
  operatorCase('anything-but prefix', [{ 'anything-but': { prefix: 'us-' } }], ['us-1', 'eu-1'], ['eu-1']),
  operatorCase(
    'anything-but suffix',
    [{ 'anything-but': { suffix: ['.png', '.jpg'] } }],
    ['a.png', 'a.txt'],
    ['a.txt'],
  ),
  operatorCase(
    'anything-but wildcard',
    [{ 'anything-but': { wildcard: '*/lib/*' } }],
    ['/lib/a', '/bin/a'],
    ['/bin/a'],
  ),
  operatorCase(
    'anything-but equals-ignore-case',
    [{ 'anything-but': { 'equals-ignore-case': 'x' } }],
    ['X', 'y'],
    ['y'],
  ),
  operatorCase('numeric', [{ numeric: ['>', 0, '<=', 5] }], [0, 1, 5, 6, '3'], [1, 5]),
  operatorCase('wildcard', [{ wildcard: 'a*c*e' }], ['abcde', 'ace', 'abc'], ['abcde', 'ace']),
  operatorCase('cidr', [{ cidr: '10.0.0.0/24' }], ['10.0.0.7', '10.0.1.7'], ['10.0.0.7']),
  filterCase('exists works in a pattern', on([{ exists: false }]), ['{"a":1}', '{"b":1}'], ['{"b":1}']),
  filterCase(
    'records without a value fit no pattern on fields',
    on(['x']),
    [null, '{"a":"x"}'],
    ['{"a":"x"}'],
    pages.inferred,
  ),
  filterCase(
    'records that are all kept away are committed without an invocation',
    on(['x']),
    ['a', 'b', 'c'],
    [],
    pages.inferred,
  ),
  {
    behaviour: 'records that are kept away count towards no batch',
    source: pages.filtering,
    feature: 'filters',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a', 'x', 'a', 'x', 'a', 'x'])
      const FilterCriteria = { Filters: [{ Pattern: '{"value":["a"]}' }] }
      await scene.start('echo', { FilterCriteria, BatchSize: 3, MaximumBatchingWindowInSeconds: 300 })
      await scene.committed(6)
      expect(scene.batches()).toEqual([['a', 'a', 'a']])
    },
  },
  {
    behaviour: 'records that are kept away are not committed before those in front of them',
    source: pages.inferred,
    feature: 'filters',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['bad', 'x', 'x'])
      const FilterCriteria = { Filters: [{ Pattern: '{"value":["bad"]}' }] }
      await scene.start('fail', { FilterCriteria })
      await until(() => expect(scene.invocations().length).toBeGreaterThan(1))
      expect(scene.status().metrics.FilteredOutEventCount).toBe(2)
      expect(await scene.offset()).toBe(0)
    },
  },
  {
    behaviour: 'a pattern on something else than the value is refused',
    source: pages.filtering,
    feature: 'filters',
    async run(scene) {
      const FilterCriteria = { Filters: [{ Pattern: '{"key":["a"]}' }] }
      await expect(scene.start('echo', { FilterCriteria })).rejects.toThrow('filters on "key"')
    },
  },
]
