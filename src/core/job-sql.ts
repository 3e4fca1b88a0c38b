/**
 * Checks the SQL of a job against the schemas of its topics and its result, before any Spark sees it.
 * Not imported by pipelines: the parser is 10 MB of WebAssembly that no function may carry.
 */
import { analyzeQuery, ast, Dialect, parse, validateWithSchema } from '@polyglot-sql/sdk'
import type { AvroType } from './avro-schema.ts'
import { SluiceError } from './errors.ts'
import { type JobDefinition, jobFileName, viewColumns } from './job.ts'
import { checkQuery, type Expression, type JobQuery } from './job-query.ts'
import type { AnyTopic } from './topic.ts'

const dialect = Dialect.Spark

/**
 * Fails with PIPELINE_INVALID where the SQL does not parse, names a view or column that the job's sources do not have,
 * gives other columns than the job's result, or is refused by Spark; the message has file, line and name.
 */
export function checkJobSql(job: JobDefinition, topics: readonly AnyTopic[], sql: string): void {
  const file = jobFileName(job.name)
  const code = codeOf(sql)
  const refuse: JobQuery['refuse'] = (problem, at) => {
    const place = at ? code.search(at) : -1
    throw invalid(`${place < 0 ? file : `${file}:${lineOf(sql, place)}`}: ${problem}`)
  }
  const tables = Object.entries(job.sources).map(([name, source]) => viewOf(name, source.topic, topics))
  const statement = oneSelect(sql, file)
  const comma = /,\s*(?=(from|where|group\s+by)\b)/i
  if (comma.test(code)) refuse('a comma is before the next clause: leave it out', comma)
  const { errors } = validateWithSchema(sql, { strict: true, tables }, dialect, { strict: true })
  const [error] = errors
  if (error) throw invalid(`${file}:${lineOf(sql, error.start)}: ${error.message}${remedy(error.code, tables)}`)
  const [, part] = /\bwindow\s*\.\s*(?!start\b|end\b|window\b)(\w+)/i.exec(code) ?? []
  if (part)
    refuse(
      `"window" has no "${part}": there are window.start and window.end`,
      new RegExp(`\\bwindow\\s*\\.\\s*${part}`, 'i'),
    )

  const given = outputColumns(sql, refuse)
  checkColumns(given, job, refuse)
  const fieldsOf = ({ name, columns }: View) =>
    [name.toLowerCase(), new Map(columns.map((each) => [each.name.toLowerCase(), each.type]))] as const
  checkQuery({ job, statement, views: new Map(tables.map(fieldsOf)), refuse })
}

/** The SQL with comments and texts left blank, so that words are found where they are code. */
function codeOf(sql: string): string {
  const aside = /--.*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'/g
  return sql.replaceAll(aside, (text) => text.replaceAll(/./g, ' '))
}

function oneSelect(sql: string, file: string): Expression {
  const parsed = parse(sql, dialect)
  if (!parsed.success) {
    const { error, errorStart, errorEnd } = parsed
    const near = [...sql].slice(errorStart, errorEnd).join('')
    throw invalid(`${file}:${lineOf(sql, errorStart)}: it cannot be read from "${near}" on: ${error}`)
  }
  const [statement, ...others] = parsed.ast
  if (!statement || others.length > 0) throw invalid(`${file} has ${parsed.ast.length} statements: a job is one SELECT`)
  const kind = ast.getExprType(statement)
  if (kind !== 'select' && !ast.isSetOperation(statement)) throw invalid(`${file} is "${kind}": a job is one SELECT`)
  return statement
}

function checkColumns(given: readonly string[], job: JobDefinition, refuse: JobQuery['refuse']): void {
  const wanted = Object.keys(job.result.columns)
  const result = `the result of job "${job.name}"`
  const missing = wanted.find((column) => !given.includes(column))
  if (missing) refuse(`it gives no column "${missing}", which ${result} has: it gives ${given.join(', ')}`)
  const surplus = given.find((column) => !wanted.includes(column))
  if (surplus) refuse(`it gives column "${surplus}", which ${result} has not: there are ${wanted.join(', ')}`)
  if (given.length !== wanted.length) refuse(`it gives a column twice: ${given.join(', ')}`)
}

type View = { readonly name: string; readonly columns: { readonly name: string; readonly type: string }[] }

function viewOf(name: string, topicName: string, topics: readonly AnyTopic[]): View {
  const topic = topics.find((each) => each.name === topicName)
  const fields = topic?.schema.fields ?? []
  return {
    name,
    columns: [
      ...fields.map((field) => ({ name: field.name, type: typeName(field.type) })),
      { name: viewColumns.recordTime, type: 'timestamp' },
      { name: viewColumns.window, type: 'struct<start: timestamp, end: timestamp>' },
    ],
  }
}

/** Spark's type of an Avro field, as far as the check of names needs it. */
function typeName(type: AvroType): string {
  if (typeof type === 'string') return type === 'long' ? 'bigint' : type
  if (Array.isArray(type)) return typeName((type as readonly AvroType[]).find((branch) => branch !== 'null') ?? 'null')
  const { type: kind } = type as { readonly type: string }
  if (kind === 'record') {
    const { fields } = type as Extract<AvroType, { readonly fields: unknown }>
    return `struct<${fields.map((field) => `${field.name}: ${typeName(field.type)}`).join(', ')}>`
  }
  if (kind === 'array') return 'array<string>'
  if (kind === 'map') return 'map<string, string>'
  return 'logicalType' in (type as object) ? 'timestamp' : 'string'
}

function outputColumns(sql: string, refuse: JobQuery['refuse']): string[] {
  const { analysis, error } = analyzeQuery(sql, dialect)
  if (!analysis) return refuse(error ?? 'the query cannot be analysed')
  return analysis.projections.map(({ name, isStar }, index) => {
    if (isStar) return refuse('the outermost SELECT must name its columns instead of *')
    return name ?? refuse(`column ${index + 1} of the outermost SELECT has no name: add AS`)
  })
}

function remedy(code: string, views: readonly View[]): string {
  if (code === 'E200') return `: there are ${views.map(({ name }) => name).join(', ')}`
  if (code !== 'E201') return ''
  return `: there are ${views.map(({ name, columns }) => columns.map((column) => `${name}.${column.name}`).join(', ')).join(', ')}`
}

function lineOf(sql: string, offset = 0): number {
  return sql.slice(0, offset).split('\n').length
}

function invalid(message: string): SluiceError {
  return new SluiceError('PIPELINE_INVALID', message)
}
