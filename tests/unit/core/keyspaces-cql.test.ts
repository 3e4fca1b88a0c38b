import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as cql from '../../../src/core/cql.ts'
import { keyspacesRefusal } from '../../fixtures/keyspaces-cql.ts'
import { appStatements, definitions, others } from '../../fixtures/statements.ts'

const clone = resolve(import.meta.dirname, '../../..')
const statements = appStatements()

describe('every statement of the app', () => {
  test('is looked at here', () => {
    const seen = new Set([...statements.map(({ of }) => of), ...definitions, ...others])
    expect([...seen].sort()).toEqual(Object.keys(cql).sort())
  })

  test.each(statements)('of $of is accepted by Keyspaces: $statement', ({ statement }) => {
    expect(keyspacesRefusal(statement)).toBeNull()
  })

  test('stands in src/core/cql.ts', () => {
    const files = globSync('{src,functions,cdk,pipelines}/**/*.ts', { cwd: clone }).map((file) => [
      file.replaceAll('\\', '/'),
      readFileSync(resolve(clone, file), 'utf8'),
    ])
    expect(files.filter(([, source]) => talksToCassandra(source ?? '')).length).toBeGreaterThan(5)
    const elsewhere = files.flatMap(([file, source = '']) =>
      file === 'src/core/cql.ts' ? [] : statementsIn(source).map((each) => `${file}: ${each}`),
    )
    expect(elsewhere).toEqual([])
  })

  test.each([
    ["client.execute('SELECT a FROM t')", 1],
    ['client.execute(`INSERT INTO t (a) VALUES (?)`)', 1],
    ['client.execute("TRUNCATE t")', 1],
    ['client.execute(\n  `\n  DELETE FROM t`)', 1],
    ['/** Begins with SELECT. */ client.execute(selectNode)', 0],
  ])('elsewhere would be found: %s', (source, count) => {
    expect(statementsIn(`import type { Client } from 'cassandra-driver'\n${source}`)).toHaveLength(count)
  })
})

const talksToCassandra = (source: string) => /from '(cassandra-driver|[./]+\/cassandra(-error)?\.ts)'/.test(source)

/** Beginnings of literals that read like CQL, in a file that can send them. */
function statementsIn(source: string): string[] {
  if (!talksToCassandra(source)) return []
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '')
  const verbs = 'SELECT|INSERT|UPDATE|DELETE|TRUNCATE|BEGIN|CREATE|ALTER|DROP|GRANT|REVOKE|USE'
  return [...code.matchAll(new RegExp(`['"\`]\\s*(?:${verbs})\\s+\\S+`, 'g'))].map(([text]) => text)
}

describe('the checker refuses', () => {
  test.each([
    ['a secondary index', 'CREATE INDEX ON t (a)', 'CREATE is no data statement'],
    ['a storage-attached index', "CREATE CUSTOM INDEX i ON t (a) USING 'sai'", 'CREATE is no data statement'],
    ['a materialized view', 'CREATE MATERIALIZED VIEW v AS SELECT a FROM t', 'CREATE is no data statement'],
    ['a change of a type', 'ALTER TYPE t ADD a text', 'ALTER is no data statement'],
    ['a truncation', 'TRUNCATE t', 'TRUNCATE is no data statement'],
    ['a batch as text, which is logged unless told otherwise', 'BEGIN BATCH APPLY BATCH', 'BEGIN is no data statement'],
    ['a change of the keyspace', 'USE k', 'USE is no data statement'],
    ['an aggregate', 'SELECT max(a) FROM t', 'function max is not accepted'],
    ['a count', 'SELECT count(a) FROM t WHERE b = ?', 'function count is not accepted'],
    ['a function of one’s own', 'SELECT k.mine(a) FROM t', 'function k.mine is not accepted'],
    ['a group', 'SELECT a FROM t GROUP BY a', 'GROUP is not accepted'],
    ['a limit per partition', 'SELECT a FROM t PER PARTITION LIMIT 1', 'PER is not accepted'],
    ['filtering', 'SELECT a FROM t WHERE b = ? ALLOW FILTERING', 'ALLOW is not accepted'],
    ['distinct partitions', 'SELECT DISTINCT a FROM t', 'DISTINCT is not accepted'],
    ['IN of an update', 'UPDATE t SET a = ? WHERE b IN (?, ?)', 'IN is accepted in SELECT only'],
    ['IN of a deletion', 'DELETE FROM t WHERE b IN ?', 'IN is accepted in SELECT only'],
    ['a time to live of its own', 'INSERT INTO t (a) VALUES (?) USING TTL 5', 'TTL is the table’s'],
    [
      'a time on a condition',
      'INSERT INTO t (a) VALUES (?) IF NOT EXISTS USING TIMESTAMP ?',
      'USING TIMESTAMP exclude each other',
    ],
    ['a comparison as a condition', 'UPDATE t SET a = ? WHERE b = ? IF c > ?', '> stands where ='],
    ['a time on an update if a value is', 'UPDATE t USING TIMESTAMP ? SET a = ? WHERE b = ? IF a = ?', 'exclude'],
    ['a time on a conditional update', 'UPDATE t USING TIMESTAMP ? SET a = ? WHERE b = ? IF EXISTS', 'exclude'],
    [
      'more columns than a write may have',
      `INSERT INTO t (${Array.from({ length: 167 }, (_, at) => `c${at}`).join(', ')}) VALUES (?)`,
      '167 columns',
    ],
    ['what is no CQL at all', 'SELECT FROM WHERE', 'stands where'],
    ['two statements', 'SELECT a FROM t ; SELECT b FROM t', '; stands where the end'],
    ['nothing', '', 'is no data statement'],
  ])('%s', (_, statement, reason) => {
    expect(keyspacesRefusal(statement)).toContain(reason)
  })

  test.each([
    'SELECT * FROM t',
    'SELECT a, WRITETIME(b) FROM k.t WHERE c = ? AND d >= 5 ORDER BY d DESC LIMIT ?',
    "SELECT a FROM t WHERE b IN (?, 'x')",
    'SELECT a FROM t WHERE b IN ?',
    'INSERT INTO t (a) VALUES (?) IF NOT EXISTS',
    'UPDATE t USING TIMESTAMP ? SET a = ? WHERE b = ? AND c = ?',
    'UPDATE t SET a = ?, b = ? WHERE c = ? IF a = ? AND b = ?',
    'DELETE a, b FROM t WHERE c = ?',
  ])('but not %s', (statement) => {
    expect(keyspacesRefusal(statement)).toBeNull()
  })
})
