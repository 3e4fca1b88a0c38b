import { describe, expect, test } from 'vitest'
import { checkJobSql } from '../../../src/core/job-sql.ts'
import { topicsOf } from '../../../src/core/topology.ts'
import { orders } from '../../fixtures/orders.ts'
import { sumsSql as sql, sums } from '../../fixtures/sums-job.ts'

const check = (text: string) => () => checkJobSql(sums, topicsOf(orders), text)

test.each([
  ['plain', sql],
  ['lower case, with comments', `-- sums\n${sql.toLowerCase()} /* no more */`],
  ['a filter and a condition', sql.replace('sum(amount)', "sum(amount) FILTER (WHERE note LIKE '%a%' AND amount > 0)")],
  [
    'a common table expression and an alias of the view',
    'WITH big AS (SELECT x.id, x.window AS w, x.amount * 2 AS twice FROM o x WHERE x.amount > 1) SELECT id, w.start AS window_start, sum(twice) AS amount FROM big GROUP BY id, w',
  ],
  [
    'a join with values',
    "SELECT o.id, window.start AS window_start, sum(o.amount) AS amount FROM o LEFT JOIN (SELECT * FROM VALUES ('a', 1) AS t(id, n)) r ON o.id = r.id GROUP BY o.id, window",
  ],
])('%s SQL passes', (_, text) => {
  expect(check(text)).not.toThrow()
})

describe('what is wrong is named, with file and line', () => {
  test.each<[string, string, string]>([
    ['a column', sql.replace('sum(amount)', 'sum(amont)'), "spark/order_sums.sql:1: Unknown column 'amont'"],
    ['a column to group by', sql.replace('BY id', 'BY\n idd'), "spark/order_sums.sql:2: Unknown column 'idd'"],
    ['a column in a filter', sql.replace('FROM o', 'FROM o WHERE amout > 1'), "Unknown column 'amout'"],
    ['a column of a window', sql.replace('window.start', 'windo.start'), "Unknown table or alias 'windo'"],
    ['a view', sql.replace('FROM o', 'FROM orders'), "Unknown table 'orders': there are o"],
    ['the form', sql.replace('GROUP BY', '\nGROUP'), 'spark/order_sums.sql:2: it cannot be read from "GROUP" on'],
    ['a comma too many', sql.replace(' FROM', ', FROM'), 'spark/order_sums.sql:1: a comma is before the next clause'],
    [
      'a part of the window',
      sql.replace('window.start', 'window.begin'),
      '"window" has no "begin": there are window.start',
    ],
    ['nothing', '-- later', 'spark/order_sums.sql has 0 statements: a job is one SELECT'],
    ['a second statement', `${sql}; ${sql}`, 'spark/order_sums.sql has 2 statements: a job is one SELECT'],
    ['a statement that writes', `INSERT INTO o ${sql}`, 'spark/order_sums.sql is "insert": a job is one SELECT'],
    [
      'a column that is left out',
      sql.replace('sum(amount) AS amount', 'sum(amount) AS total'),
      'it gives no column "amount", which the result of job "order_sums" has: it gives id, window_start, total',
    ],
    [
      'a column too many',
      sql.replace('SELECT', 'SELECT count(*) AS n,'),
      'it gives column "n", which the result of job "order_sums" has not: there are id, window_start, amount',
    ],
    ['a column twice', sql.replace('SELECT', 'SELECT id,'), 'gives a column twice: id, id, window_start, amount'],
    ['a column without a name', sql.replace(' AS amount', ''), 'column 3 of the outermost SELECT has no name: add AS'],
    ['a star', 'SELECT * FROM o', 'must name its columns instead of *'],
  ])('%s', (_, text, message) => {
    expect(check(text)).toThrow(message)
  })

  test('and what there is instead', () => {
    expect(check(sql.replace('sum(amount)', 'sum(amont)'))).toThrow(
      'there are o.id, o.amount, o.note, o.record_time, o.window',
    )
  })
})
