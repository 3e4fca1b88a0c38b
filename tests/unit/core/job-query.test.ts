import { describe, expect, test } from 'vitest'
import type { JobDefinition } from '../../../src/core/job.ts'
import { checkJobSql } from '../../../src/core/job-sql.ts'
import { sparkAggregates } from '../../../src/core/spark-functions.ts'
import { topicsOf } from '../../../src/core/topology.ts'
import { orders } from '../../fixtures/orders.ts'
import { sumsSql as sql, sums } from '../../fixtures/sums-job.ts'

const check =
  (text: string, job: JobDefinition = sums) =>
  () =>
    checkJobSql(job, topicsOf(orders), text)
const amount = (expression: string) => sql.replace('sum(amount)', expression)
const withResult = (change: object): JobDefinition => ({ ...sums, result: { ...sums.result, ...change } })

describe('what Spark would refuse is told before', () => {
  test.each<[string, string, string]>([
    ['a function misspelt', amount('\nsuum(amount)'), ':2: Spark has no function "suum": did you mean sum?'],
    ['a function of another system', amount('strftime(amount)'), 'no function "strftime": use one of https://spark'],
    ['what is counted once', amount('count(DISTINCT note)'), ':1: DISTINCT: Spark refuses it on streams'],
    ['the same of a function by name', amount('collect_set(DISTINCT note)'), 'DISTINCT: '],
    ['rows that differ', sql.replace('SELECT', 'SELECT DISTINCT'), ':1: DISTINCT: '],
    ['a limit', `${sql}\nLIMIT 3`, ':2: LIMIT: Spark refuses it on streams: rank on read'],
    ['an order', `-- order by none\n${sql}\nORDER BY amount`, ':3: ORDER BY: Spark refuses it on streams'],
    ['a rank', amount('rank() OVER (PARTITION BY id ORDER BY amount)'), ':1: OVER: Spark refuses it on streams'],
    ['no groups', 'SELECT id, window.start AS window_start, amount FROM o', 'there is no GROUP BY: add one, such as'],
    ['groups without the window', sql.replace(/, window$/, ''), ':1: GROUP BY is without "window": add it'],
    [
      'a window of its own',
      sql.replace(/window$/, "window(record_time, '1 minute')"),
      ':1: window(…): each view has the window of the entry as its column "window": GROUP BY window',
    ],
    ['a column of many values', amount('amount'), 'column "amount" has many values in a group: add it to GROUP BY, or'],
    ['one in a condition', amount('CASE WHEN amount > 1 THEN 1 END'), 'column "amount" has many values in a group'],
  ])('%s', (_, text, message) => {
    expect(check(text)).toThrow(message)
  })
})

describe('what Spark takes passes', () => {
  test.each([
    ['places instead of names', sql.replace('BY id,', 'BY 1,')],
    ['an alias', sql.replace('id,', 'lower(id) AS id,').replace('BY id,', 'BY lower(id),')],
    ['parts of the window', sql.replace(/window$/, 'window.start, window.end')],
    ['all', sql.replace('BY id, window', 'BY ALL')],
    ['rows of a group', amount('size(filter(collect_list(amount), a -> a > 1))')],
    ['a condition of a count', amount("sum(amount) FILTER (WHERE note = ', from')")],
    ['an order within a count', amount('percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)')],
    ['groups of a subquery', sql.replace('FROM o', 'FROM (SELECT id, amount, window FROM o WHERE amount > 1)')],
    ['one query on another', `SELECT id, window_start, amount * 2 AS amount FROM (${sql}) WHERE amount > 1`],
    [
      'names in quotes and capitals',
      'select `id`, WINDOW.start as window_start, Sum(amount) as amount from o group by ID, WINDOW',
    ],
  ])('%s', (_, text) => {
    expect(check(text)).not.toThrow()
  })

  test('every function that makes one value of a group', () => {
    const refused = [...sparkAggregates].filter((name) => {
      try {
        check(amount(`${name}(amount)`))()
        return false
      } catch {
        return true
      }
    })
    expect(refused).toEqual([])
  })
})

describe('results do not overwrite each other', () => {
  test.each<[string, object, string, string]>([
    [
      'a group that is not in the key',
      { partitionKey: ['window_start'], clusteringColumns: [] },
      sql,
      'rows are grouped by "id", but their key has it not, so that they would overwrite each other: add its column to partitionKey or clusteringColumns, which are window_start',
    ],
    [
      'a window that is not in the key',
      { clusteringColumns: [] },
      sql,
      'rows are grouped by "window", but their key has it not, so that they would overwrite each other: add that of window.start to partitionKey',
    ],
    [
      'a window of which the key has the day',
      { columns: { id: 'text', day: 'text', amount: 'double' }, clusteringColumns: ['day'] },
      sql.replace('window.start AS window_start', "date_format(window.start, 'yyyy-MM-dd') AS day"),
      'rows are grouped by "window", but their key has it not',
    ],
    ['a group that is no column', {}, sql.replace('BY id', 'BY id, note'), 'rows are grouped by "note", but their key'],
  ])('%s', (_, change, text, message) => {
    expect(check(text, withResult(change))).toThrow(message)
  })
})

test.each<[string, string, string, string]>([
  [
    'a time as a number',
    'window_start',
    'bigint',
    'is bigint in the result, but timestamp here: declare it timestamp, or',
  ],
  ['text as a number', 'id', 'int', 'is int in the result, but string here: declare it text, or CAST it in the SQL'],
])('%s is refused', (_, column, type, message) => {
  const columns = { ...sums.result.columns, [column]: type }
  expect(check(sql, withResult({ columns }))).toThrow(`spark/order_sums.sql: column "${column}" ${message}`)
})

test.each([
  ['a mean', 'avg(amount)', 'bigint', 'is bigint in the result, but double here: declare it double'],
  ['a count', 'count(*)', 'int', 'is int in the result, but bigint here: declare it bigint'],
])('%s that would be cut off is refused', (_, expression, type, message) => {
  const columns = { ...sums.result.columns, amount: type }
  expect(check(amount(expression), withResult({ columns }))).toThrow(`column "amount" ${message}`)
  expect(check(amount(`CAST(${expression} AS BIGINT)`), withResult({ columns }))).not.toThrow()
})
