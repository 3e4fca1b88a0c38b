/**
 * Checks the SQL of a job against the schemas of its topics and its result, before any Spark sees it.
 * Not imported by pipelines: the parser is 10 MB of WebAssembly that no function may carry.
 */
import { analyzeQuery, validateWithSchema } from '@polyglot-sql/sdk'
import type { AvroType } from './avro-schema.ts'
import { SluiceError } from './errors.ts'
import { type JobDefinition, jobFileName, viewColumns } from './job.ts'
import type { AnyTopic } from './pipeline.ts'

const dialect = 'spark'

/**
 * Fails with PIPELINE_INVALID where the SQL does not parse, names a view or column that the job's sources do not have,
 * or gives other columns than the job's result; the message has file, line and name.
 */
export function checkJobSql(job: JobDefinition, topics: readonly AnyTopic[], sql: string): void {
  const file = jobFileName(job.name)
  const schema = {
    strict: true,
    tables: Object.entries(job.sources).map(([name, source]) => viewOf(name, source.topic, topics)),
  }
  const { errors } = validateWithSchema(sql, schema, dialect, { strict: true })
  const [error] = errors
  if (error) throw invalid(`${file}:${lineOf(sql, error.start)}: ${error.message}${remedy(error.code, schema.tables)}`)

  const given = outputColumns(sql, file)
  const wanted = Object.keys(job.result.columns)
  const missing = wanted.filter((column) => !given.includes(column))
  if (missing.length > 0)
    throw invalid(`${file} gives no column "${missing[0]}", which the result of job "${job.name}" has`)
  const surplus = given.filter((column) => !wanted.includes(column))
  if (surplus.length > 0)
    throw invalid(`${file} gives column "${surplus[0]}", which the result of job "${job.name}" has not`)
  if (given.length !== wanted.length) throw invalid(`${file} gives a column twice: ${given.join(', ')}`)
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

function outputColumns(sql: string, file: string): string[] {
  const result = analyzeQuery(sql, dialect)
  if (!result.success || !result.analysis) throw invalid(`${file}: ${result.error ?? 'the query cannot be analysed'}`)
  return result.analysis.projections.map(({ name, isStar }, index) => {
    if (isStar) throw invalid(`${file}: the outermost SELECT must name its columns instead of *`)
    if (!name) throw invalid(`${file}: column ${index + 1} of the outermost SELECT has no name: add AS`)
    return name
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
