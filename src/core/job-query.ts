/**
 * What the SQL of a job must be beside its names: what Spark takes on a stream, counted by window, with a row for each result.
 * Not for names of views and columns: see job-sql.ts.
 */
import { ast } from '@polyglot-sql/sdk'
import { type JobDefinition, resultTable, viewColumns } from './job.ts'
import { nearest } from './nearest.ts'
import { sparkAggregates, sparkFunctions } from './spark-functions.ts'
import { type CqlType, keyColumns } from './table.ts'

/** A part of parsed SQL. */
export type Expression = Parameters<typeof ast.getExprType>[0]

/** The SQL of a job, parsed. */
export type JobQuery = {
  readonly job: JobDefinition
  readonly statement: Expression
  /** By name, in lower case. */
  readonly views: ReadonlyMap<string, Fields>
  /** Fails with what is wrong, at the first place in the SQL that the pattern finds. */
  readonly refuse: (problem: string, at?: RegExp) => never
}

/** Refuses functions that Spark lacks, what it cannot do on streams, groups without window, and keys that are not of the groups. */
export function checkQuery(query: JobQuery): void {
  const { statement, refuse } = query
  for (const { name } of nodesOf(statement, 'function', 'aggregate_function')) checkFunction(String(name), query)
  checkStreaming(query)
  const selects = nodesOf(statement, 'select') as readonly Select[]
  if (!selects.some(({ group_by }) => group_by)) refuse('there is no GROUP BY: add one, such as GROUP BY window')
  for (const select of selects) checkWindow(select, query)
  const [outermost] = selects
  if (ast.getExprType(statement) === 'select' && outermost) checkResult(outermost, query)
}

/** Spark's types of a view's columns by name, in lower case. */
type Fields = ReadonlyMap<string, string>

type Node = Readonly<Record<string, unknown>>
type Named = { readonly name: string }
type Column = { readonly name: Named; readonly table: Named | null }
type Select = {
  readonly expressions: readonly Expression[]
  readonly from: { readonly expressions: readonly Expression[] } | null
  readonly joins: readonly unknown[]
  readonly group_by: { readonly expressions: readonly Expression[]; readonly all: boolean | null } | null
  readonly order_by: unknown
  readonly limit: unknown
}

/** Spark takes names in any case. */
const lower = (name: string) => name.toLowerCase()

const dataOf = (node: Expression) => ast.getExprData(node) as unknown as Node

function nodesOf(root: Expression, ...kinds: readonly string[]): readonly Node[] {
  return ast.findAll(root, (node) => kinds.includes(ast.getExprType(node))).map(dataOf)
}

function checkFunction(name: string, { refuse }: JobQuery): void {
  if (sparkFunctions.has(name.toLowerCase())) return
  const meant = nearest(name.toLowerCase(), sparkFunctions)
  const remedy = meant ? `did you mean ${meant}?` : 'use one of https://spark.apache.org/docs/4.0.0/api/sql/'
  refuse(`Spark has no function "${name}": ${remedy}`, new RegExp(`\\b${name}\\s*\\(`))
}

function checkStreaming({ statement, refuse }: JobQuery): void {
  const onRead = 'Spark refuses it on streams: rank on read, with npm run sluice -- top'
  for (const node of ast.findAll(statement, (each) => !sets.includes(ast.getExprType(each)))) {
    if (dataOf(node)?.distinct !== true) continue
    refuse(
      'DISTINCT: Spark refuses it on streams: count with approx_count_distinct or size(collect_set(…))',
      /distinct/i,
    )
  }
  for (const { order_by, limit } of nodesOf(statement, 'select')) {
    if (limit) refuse(`LIMIT: ${onRead}`, /\blimit\b/i)
    if (order_by) refuse(`ORDER BY: ${onRead}`, /\border\s+by\b/i)
  }
  if (nodesOf(statement, 'window_function').length > 0) refuse(`OVER: ${onRead}`, /\bover\b/i)
  const made = nodesOf(statement, 'function').find(({ name }) => /^(session_)?window$/i.test(String(name)))
  if (made)
    refuse('window(…): each view has the window of the entry as its column "window": GROUP BY window', /window\s*\(/i)
}

/** Where the parser has DISTINCT for what is so by itself. */
const sets: readonly string[] = ['union', 'intersect', 'except', 'group_by']

/** Where a query groups the rows of a view itself, it does so by window, and names no other field outside of a function that counts. */
function checkWindow(select: Select, { views, refuse }: JobQuery): void {
  const fields = fieldsOf(select, views)
  const groups = fields && groupsOf(select, fields)
  if (!fields || !groups) return
  const names = groups.flatMap((group) => columnsIn(group, fields))
  const { window } = viewColumns
  if (!names.includes(window)) {
    refuse(`GROUP BY is without "${window}": add it, as a job counts by windows of time`, /\bgroup\s+by\b/i)
  }
  for (const expression of select.expressions) {
    const loose = columnsIn(expression, fields).find((name) => !names.includes(name))
    if (!loose) continue
    const remedy = `add it to GROUP BY, or say which of its values, as with max(${loose})`
    refuse(`column "${loose}" has many values in a group: ${remedy}`, new RegExp(`\\b${loose}\\b`, 'i'))
  }
}

/** The fields of the one view that a query reads itself; null where it reads anything else. */
function fieldsOf({ from, joins }: Select, views: JobQuery['views']): Fields | null {
  const [read, ...others] = from?.expressions ?? []
  if (!read || others.length + joins.length > 0 || ast.getExprType(read) !== 'table') return null
  return views.get(lower((dataOf(read).name as Named).name)) ?? null
}

/** What a query groups by, with places and aliases replaced by what they stand for; null where that is not said one by one. */
function groupsOf({ expressions, group_by }: Select, fields: Fields): readonly Expression[] | null {
  if (!group_by || group_by.all !== null) return null
  return group_by.expressions.map((group) => {
    const kind = ast.getExprType(group)
    if (kind === 'literal') return expressions[Number(dataOf(group).value) - 1] ?? group
    const name = kind === 'column' ? lower(outputOf(group)) : ''
    return (fields.has(name) ? null : expressions.find((each) => lower(aliasOf(each) ?? '') === name)) ?? group
  })
}

function aliasOf(expression: Expression): string | null {
  return ast.getExprType(expression) === 'alias' ? (dataOf(expression).alias as Named).name : null
}

function outputOf(expression: Expression): string {
  return aliasOf(expression) ?? (dataOf(expression).name as Named | undefined)?.name ?? ''
}

/** The fields of a view in an expression that are not counted there: those of a structure by its own name. */
function columnsIn(expression: Expression, fields: Fields): readonly string[] {
  const data = dataOf(expression)
  const kind = ast.getExprType(expression)
  if (kind === 'lambda' || kind === 'within_group' || isAggregate(kind, data)) return []
  if (kind === 'column') {
    const { name, table } = data as unknown as Column
    return [table?.name ?? '', name.name]
      .map(lower)
      .filter((each) => fields.has(each))
      .slice(0, 1)
  }
  return ast.getChildren(expression).flatMap(({ value }) => [value].flat().flatMap((each) => columnsIn(each, fields)))
}

function isAggregate(kind: string, { name }: Node): boolean {
  return (
    kind === 'list_agg' ||
    sparkAggregates.has(kind) ||
    (typeof name === 'string' && sparkAggregates.has(name.toLowerCase()))
  )
}

/** Each group has to be in the key, and a column whose type is known must fit the one that is declared. */
function checkResult(select: Select, { job, views, refuse }: JobQuery): void {
  const fields = fieldsOf(select, views)
  if (!fields) return
  const key = keyColumns(resultTable(job))
  const keyed = select.expressions.filter((each) => key.includes(outputOf(each)))
  const inKey = new Set(keyed.flatMap((each) => columnsIn(each, fields)))
  const ends = keyed.filter((each) => job.result.columns[outputOf(each)] !== 'text')
  // A day, or an hour, as text is of many windows.
  if (!ends.some((each) => columnsIn(each, fields).includes(viewColumns.window))) inKey.delete(viewColumns.window)
  for (const group of groupsOf(select, fields) ?? []) {
    const missing = columnsIn(group, fields).find((name) => !inKey.has(name))
    if (!missing) continue
    const column = missing === viewColumns.window ? 'that of window.start' : 'its column'
    const remedy = `add ${column} to partitionKey or clusteringColumns, which are ${key.join(', ')}`
    refuse(
      `rows are grouped by "${missing}", but their key has it not, so that they would overwrite each other: ${remedy}`,
    )
  }
  for (const each of select.expressions) checkType(outputOf(each), typeOf(each, fields), job, refuse)
}

/** Declared types that lose nothing of what Spark gives. Any value can be text. */
const fitting: Readonly<Record<string, readonly CqlType[]>> = {
  string: ['text'],
  boolean: ['boolean', 'text'],
  int: ['int', 'bigint', 'double', 'text'],
  bigint: ['bigint', 'double', 'text'],
  float: ['double', 'text'],
  double: ['double', 'text'],
  timestamp: ['timestamp', 'text'],
}

const counted: Readonly<Record<string, string>> = {
  count: 'bigint',
  count_if: 'bigint',
  approx_count_distinct: 'bigint',
  avg: 'double',
}

/** What Spark gives, where it can be told: of fields, ends of windows, and counts. */
function typeOf(expression: Expression, fields: Fields): string | undefined {
  const kind = ast.getExprType(expression)
  const data = dataOf(expression)
  if (kind === 'alias') return typeOf(data.this as Expression, fields)
  if (kind !== 'column') return counted[kind]
  const { name, table } = data as unknown as Column
  return lower(table?.name ?? '') === viewColumns.window ? 'timestamp' : fields.get(lower(name.name))
}

function checkType(name: string, given: string | undefined, job: JobDefinition, refuse: JobQuery['refuse']): void {
  const declared = job.result.columns[name]
  const [best] = (given && fitting[given]) || []
  if (!given || !best || !declared || fitting[given]?.includes(declared)) return
  refuse(`column "${name}" is ${declared} in the result, but ${given} here: declare it ${best}, or CAST it in the SQL`)
}
