/**
 * What a job asks of Spark, as far as it follows from the job alone: views over the topics of its sources, each step with
 * what SQL cannot say, and a sink. Plain data with gaps `{{name}}`, which job-plan.ts and spark/runner.py fill alike.
 *
 *   <view>__kafka     the topic's records as they are
 *   <view>__decoded   framing taken off, Avro decoded with the schema that each record names
 *   <view>__counted   the same, counted: records, those that do not decode, those without event time
 *   <view>__timed     fields as columns, with the watermark
 *   <view>__windowed  the same with `window`
 *   <view>            the same, counted by the end of the window: what the SQL of the job sees
 */
import type { AvroRecordSchema } from './avro-schema.ts'
import {
  type Duration,
  type JobDefinition,
  type JobSource,
  keySeparator,
  resultTable,
  resultTopic,
  viewColumns,
} from './job.ts'
import { windowEnds, windowsSuffix } from './job-progress.ts'
import { valueSubject } from './names.ts'
import { type CqlType, keyColumns } from './table.ts'
import type { AnyTopic } from './topic.ts'

/** A view to be made: of a stream from Kafka, of a view with counters, or of a query, with a watermark or without. */
export type PlanStep = { readonly view: string } & (
  | { readonly read: Readonly<Record<string, string>> }
  | { readonly of: string; readonly metrics: { readonly name: string; readonly expressions: readonly string[] } }
  | { readonly sql: string }
  | { readonly sql: string; readonly watermark: { readonly column: string; readonly delay: Duration } }
)

/**
 * A view whose SQL has the gap `branches`: one branch for each schema of a subject. In `known`, the gaps are `bytes`, how
 * long the frame of the schema's id is, `frame`, that frame in hexadecimal digits, `payload`, where the Avro bytes begin,
 * and `writer`, the schema's text as a literal of SQL; in `unknown`, those of the frame.
 */
export type DecodingStep = {
  readonly view: string
  readonly subject: string
  readonly sql: string
  readonly known: string
  readonly unknown: string
}

/** A job without what is known only where it runs: ids and texts of schemas, brokers, how often a batch begins. */
export type JobTemplate = {
  readonly steps: readonly (PlanStep | DecodingStep)[]
  readonly sink: {
    readonly name: string
    /** With the gap `frame`, that of the id which `schema` has under `subject`. */
    readonly sql: string
    readonly subject: string
    readonly schema: AvroRecordSchema
    readonly options: Readonly<Record<string, string>>
    readonly outputMode: JobDefinition['outputMode']
  }
}

/** Records of one batch at most, so that a long backlog is done in steps. */
const maxRecordsPerBatch = 50_000

/** Settings of Spark for every job, wherever it runs: times are in UTC, and few records need few partitions. */
export const querySettings = { 'spark.sql.session.timeZone': 'UTC', 'spark.sql.shuffle.partitions': 2 } as const

/** Begins the message of a failure over a record that names a schema which the plan does not hold. */
export const unknownSchemaMark = 'SLUICE_SCHEMA_UNKNOWN'

/** The field that tells a decoded record from one that is not: a reader's default, so that no bytes can lack it. */
const decodedField = 'sluice_decoded'

/** The template of a job with the SQL of its file. `topics` are those of its pipeline. */
export function jobTemplate(job: JobDefinition, sql: string, topics: readonly AnyTopic[]): JobTemplate {
  const result = resultTopic(job)
  return {
    steps: Object.entries(job.sources).flatMap(([view, source]) => {
      const topic = topics.find(({ name }) => name === source.topic)
      if (!topic) throw new Error(`no topic ${source.topic} was given`)
      return sourceSteps(view, source, job, topic)
    }),
    sink: {
      name: job.name,
      sql: resultSql(job, sql, result.schema),
      subject: valueSubject(result.name),
      schema: result.schema,
      options: { topic: result.name },
      outputMode: job.outputMode,
    },
  }
}

function sourceSteps(
  view: string,
  { eventTime, watermark }: JobSource,
  { window }: JobDefinition,
  topic: AnyTopic,
): (PlanStep | DecodingStep)[] {
  const { fields } = topic.schema
  const { recordTime } = viewColumns
  const time = eventTime === recordTime ? recordTime : `record.${quoted(eventTime)}`
  const isDecoded = `record.${decodedField} IS NOT NULL`
  const columns = fields.map(({ name }) => `record.${quoted(name)} AS ${quoted(name)}`)
  return [
    {
      view: `${view}__kafka`,
      read: {
        subscribe: topic.name,
        startingOffsets: 'earliest',
        maxOffsetsPerTrigger: String(maxRecordsPerBatch),
      },
    },
    decodingStep(view, topic),
    {
      view: `${view}__counted`,
      of: `${view}__decoded`,
      metrics: {
        name: view,
        expressions: [
          'count(*) AS records',
          `count_if(NOT (${isDecoded})) AS undecodable`,
          `count_if(${isDecoded} AND ${time} IS NULL) AS untimed`,
        ],
      },
    },
    {
      view: `${view}__timed`,
      sql: `SELECT ${[recordTime, ...columns].join(', ')} FROM ${view}__counted WHERE ${isDecoded} AND ${time} IS NOT NULL`,
      watermark: { column: eventTime, delay: watermark },
    },
    {
      view: `${view}__windowed`,
      sql: `SELECT *, ${windowSql(window, eventTime)} AS ${quoted(viewColumns.window)} FROM ${view}__timed`,
    },
    {
      view,
      of: `${view}__windowed`,
      metrics: { name: `${view}${windowsSuffix}`, expressions: [`${windowEndsSql} AS ${windowEnds}`] },
    },
  ]
}

const endsSql = `sort_array(collect_list(unix_millis(${quoted(viewColumns.window)}.end)))`

/**
 * How many rows there are of each window, by its end in ms. From this follows which of them came too late: Spark itself
 * counts only groups of them, as it joins the rows of a group before it drops them. `s` are the ends of all rows in order,
 * `p` the places in it behind the last of each: time grows with the rows, as sessions have nearly as many ends as rows.
 */
const windowEndsSql = `to_json(map_from_entries(transform(array(${endsSql}), s -> transform(array(filter(transform(s, (e, i) -> IF(get(s, i + 1) <=> e, NULL, i + 1)), q -> q IS NOT NULL)), p -> transform(p, (q, k) -> struct(CAST(s[q - 1] AS STRING), q - IF(k = 0, 0, p[k - 1]))))[0])[0]))`

function windowSql(window: JobDefinition['window'], eventTime: string): string {
  if ('gap' in window) return `session_window(${quoted(eventTime)}, ${text(window.gap)})`
  const lengths = 'slide' in window ? [window.size, window.slide] : [window.size]
  return `window(${[quoted(eventTime), ...lengths.map(text)].join(', ')})`
}

/**
 * The record in a framed value, read as the topic's own schema; null where the bytes are no record. A value that names
 * a schema which is not here fails the batch, so that none is passed over before its schema is looked up.
 */
function decodingStep(view: string, topic: AnyTopic): DecodingStep {
  const marker = { name: decodedField, type: 'boolean', default: true }
  const reader = JSON.stringify({ ...topic.schema, fields: [...topic.schema.fields, marker] })
  const isOf = `WHEN substring(value, 1, {{bytes}}) = X'{{frame}}' THEN`
  const options = `map('mode', 'PERMISSIVE', 'avroSchema', ${text(reader)})`
  const asked = `raise_error(concat('${unknownSchemaMark} ', hex(substring(value, 1, 18))))`
  const isFramed = `(length(value) >= 5 AND substring(value, 1, 5) BETWEEN X'0000000001' AND X'007FFFFFFF') OR (length(value) >= 18 AND substring(value, 1, 2) = X'0300')`
  const decoded = `CASE WHEN value IS NULL THEN NULL {{branches}} WHEN ${isFramed} THEN ${asked} END`
  return {
    view: `${view}__decoded`,
    subject: valueSubject(topic.name),
    sql: `SELECT timestamp AS ${viewColumns.recordTime}, ${decoded} AS record FROM ${view}__kafka`,
    known: `${isOf} from_avro(substring(value, {{payload}}), {{writer}}, ${options})`,
    unknown: `${isOf} NULL`,
  }
}

const sparkTypes = {
  text: 'STRING',
  int: 'INT',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const satisfies Partial<Record<CqlType, string>>

/** Keys and framed values of the results, as the write function reads them. */
function resultSql(job: JobDefinition, sql: string, schema: AvroRecordSchema): string {
  const { columns } = job.result
  const keys = keyColumns(resultTable(job)).map((column) => {
    const cast = columns[column] === 'timestamp' ? `unix_millis(${quoted(column)})` : quoted(column)
    return `coalesce(CAST(${cast} AS STRING), 'null')`
  })
  const fields = Object.entries(columns).map(
    ([column, type]) => `${text(column)}, CAST(${quoted(column)} AS ${sparkTypes[type]})`,
  )
  const record = `to_avro(named_struct(${fields.join(', ')}), ${text(JSON.stringify(schema))})`
  const query = sql.trim().replace(/;$/, '')
  return `SELECT CAST(concat_ws('${keySeparator}', ${keys.join(', ')}) AS BINARY) AS key, concat(X'{{frame}}', ${record}) AS value FROM (\n${query}\n)`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A literal of SQL. */
export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
