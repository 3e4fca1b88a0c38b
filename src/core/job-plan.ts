/**
 * What Spark is told to run a job: views over the topics of its sources, each step with what SQL cannot say, and a sink.
 * Plain data, so that the Spark Connect client and spark/runner.py do the very same.
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
import type { AnyTopic } from './pipeline.ts'
import { type CqlType, keyColumns } from './table.ts'
import type { SchemaId } from './wire-format.ts'

/** A view to be made: of a stream from Kafka, or of a query, with counters or a watermark. */
export type PlanStep = { readonly view: string } & (
  | { readonly read: Readonly<Record<string, string>> }
  | { readonly sql: string }
  | { readonly sql: string; readonly metrics: { readonly name: string; readonly expressions: readonly string[] } }
  | { readonly sql: string; readonly watermark: { readonly column: string; readonly delay: Duration } }
)

/** A job made ready for Spark. */
export type JobPlan = {
  readonly steps: readonly PlanStep[]
  readonly sink: {
    readonly name: string
    readonly sql: string
    readonly options: Readonly<Record<string, string>>
    readonly outputMode: JobDefinition['outputMode']
    readonly trigger: string
  }
}

/** What the registry knows of a topic: the schemas that its records were written with. */
export type WriterSchemas = {
  readonly topic: AnyTopic
  /** Schema texts by id. */
  readonly schemas: ReadonlyMap<SchemaId, string>
  /** Ids that records name and the registry does not know: such records count as not decodable. */
  readonly unknown: readonly SchemaId[]
}

/** What a plan depends on beside the job itself. */
export type PlanPlace = {
  /** Options of Kafka's clients: brokers and security. */
  readonly kafka: Readonly<Record<string, string>>
  /** The id of the result's schema. */
  readonly resultSchemaId: SchemaId
  /** How often a batch begins at most, such as `2 seconds`. */
  readonly trigger: string
}

/** Records of one batch at most, so that a long backlog is done in steps. */
const maxRecordsPerBatch = 50_000

/** Begins the message of a failure over a record that names a schema which the plan does not hold. */
export const unknownSchemaMark = 'SLUICE_SCHEMA_UNKNOWN'

/** The field that tells a decoded record from one that is not: a reader's default, so that no bytes can lack it. */
const decodedField = 'sluice_decoded'

/** The plan of a job with the SQL of its file and the schemas of its topics. */
export function jobPlan(
  job: JobDefinition,
  sql: string,
  topics: readonly WriterSchemas[],
  { kafka, resultSchemaId, trigger }: PlanPlace,
): JobPlan {
  const result = resultTopic(job)
  return {
    steps: Object.entries(job.sources).flatMap(([view, source]) => {
      const schemas = topics.find(({ topic }) => topic.name === source.topic)
      if (!schemas) throw new Error(`no schemas were given for topic ${source.topic}`)
      return sourceSteps(view, source, job, schemas, kafka)
    }),
    sink: {
      name: job.name,
      sql: resultSql(job, sql, result.schema, resultSchemaId),
      options: { ...kafka, topic: result.name },
      outputMode: job.outputMode,
      trigger,
    },
  }
}

function sourceSteps(
  view: string,
  { topic: topicName, eventTime, watermark }: JobSource,
  { window }: JobDefinition,
  schemas: WriterSchemas,
  kafka: Readonly<Record<string, string>>,
): PlanStep[] {
  const { fields } = schemas.topic.schema
  const { recordTime } = viewColumns
  const time = eventTime === recordTime ? recordTime : `record.${quoted(eventTime)}`
  const isDecoded = `record.${decodedField} IS NOT NULL`
  const columns = fields.map(({ name }) => `record.${quoted(name)} AS ${quoted(name)}`)
  return [
    {
      view: `${view}__kafka`,
      read: {
        ...kafka,
        subscribe: topicName,
        startingOffsets: 'earliest',
        maxOffsetsPerTrigger: String(maxRecordsPerBatch),
      },
    },
    {
      view: `${view}__decoded`,
      sql: `SELECT timestamp AS ${recordTime}, ${decodeSql(schemas)} AS record FROM ${view}__kafka`,
    },
    {
      view: `${view}__counted`,
      sql: `SELECT * FROM ${view}__decoded`,
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
      sql: `SELECT * FROM ${view}__windowed`,
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
function decodeSql({ topic, schemas, unknown }: WriterSchemas): string {
  const marker = { name: decodedField, type: 'boolean', default: true }
  const reader = JSON.stringify({ ...topic.schema, fields: [...topic.schema.fields, marker] })
  const isOf = (id: SchemaId) => `substring(value, 1, ${frameOf(id).length / 2}) = X'${frameOf(id)}'`
  const known = [...schemas].map(([id, writer]) => {
    const payload = `substring(value, ${frameOf(id).length / 2 + 1})`
    const options = `map('mode', 'PERMISSIVE', 'avroSchema', ${text(reader)})`
    return `WHEN ${isOf(id)} THEN from_avro(${payload}, ${text(writer)}, ${options})`
  })
  const asked = `raise_error(concat('${unknownSchemaMark} ', hex(substring(value, 1, 18))))`
  return [
    'CASE WHEN value IS NULL THEN NULL',
    ...known,
    ...unknown.map((id) => `WHEN ${isOf(id)} THEN NULL`),
    `WHEN (length(value) >= 5 AND substring(value, 1, 5) BETWEEN X'0000000001' AND X'007FFFFFFF') OR (length(value) >= 18 AND substring(value, 1, 2) = X'0300') THEN ${asked}`,
    'END',
  ].join(' ')
}

/** The bytes before the payload, as hexadecimal digits: see wire-format.ts. */
function frameOf(id: SchemaId): string {
  return typeof id === 'number' ? `00${id.toString(16).padStart(8, '0')}` : `0300${id.replaceAll('-', '')}`
}

/** The schema id in the message of a failure over an unknown one; null where it failed otherwise. */
export function unknownSchemaId(failure: string): SchemaId | null {
  const [, digits = ''] = new RegExp(`${unknownSchemaMark} ([0-9A-Fa-f]+)`).exec(failure) ?? []
  if (digits.startsWith('00')) return Number.parseInt(digits.slice(2, 10), 16)
  const [, ...parts] = /^0300(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digits.toLowerCase()) ?? []
  return parts.length > 0 ? parts.join('-') : null
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
function resultSql(job: JobDefinition, sql: string, schema: AvroRecordSchema, schemaId: SchemaId): string {
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
  return `SELECT CAST(concat_ws('${keySeparator}', ${keys.join(', ')}) AS BINARY) AS key, concat(X'${frameOf(schemaId)}', ${record}) AS value FROM (\n${query}\n)`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
