/**
 * The rules of a job that need no SQL: names, durations, event time and keys. Not for columns of its SQL: see job-sql.ts.
 * Not imported by pipelines: functions are smaller without.
 */
import type { AvroType } from './avro-schema.ts'
import {
  type JobDefinition,
  type JobSource,
  type JobWindow,
  millisecondsOf,
  resultTable,
  resultTopic,
  resultTypes,
  viewColumns,
} from './job.ts'
import type { Stage } from './names.ts'
import { type Pipeline, writtenTopic } from './pipeline.ts'
import { checkTable, checkTopic, type Expect, expectOf } from './pipeline-rules.ts'
import type { AnyTopic } from './topic.ts'

const jobName = /^[a-z][a-z0-9_]{0,47}$/
const viewName = /^[a-z][a-z0-9_]{0,47}$/
const stages: readonly string[] = ['ingest', 'process', 'write'] satisfies readonly Stage[]
const duration = /^[1-9]\d{0,5} (second|minute|hour|day)s?$/
const durationRule = 'a length of time such as "30 seconds" or "1 minute"'

const resultTypeRule = `one of ${resultTypes.join(', ')}`

/** Of pipeline and job together: `sluice-<pipeline>-<job>-write` has 64 characters at most. */
const maxNames = 50

/** Words that CQL takes as names in quotes only. Source: reserved_keywords.txt of Cassandra 5.0. */
const reserved = new Set(
  `add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries execute from full
  grant if in index infinity insert into is keyspace limit materialized modify nan norecursive not null of on or order primary
  rename revoke schema select set table to token truncate unlogged update use using view where with`.split(/\s+/),
)

/** Checks the jobs of a pipeline against its topics. Fails with PIPELINE_INVALID at the first broken rule. */
export function checkJobs(pipeline: Pipeline): void {
  const expect = expectOf(pipeline)
  const topics = [...new Set([pipeline.topic, writtenTopic(pipeline)])]
  for (const [index, job] of (pipeline.analytics ?? []).entries()) {
    const field = jobName.test(job.name ?? '') ? `analytics.${job.name}` : `analytics[${index}]`
    checkShape(job, field, expect)
    checkJob(job, topics, field, expect)
    checkTopic(resultTopic(job), `${field}.result`, expect)
    checkTable(resultTable(job), `${field}.result`, expect)
    const room = maxNames - pipeline.name.length
    const rule = `${room} characters at most, as the function's name holds it`
    expect(job.name.length <= room, `${field}.name`, job.name, rule)
  }
}

/** What the compiler says too: a synth does not ask it. */
function checkShape(job: JobDefinition, field: string, expect: Expect): void {
  const { name, sources, window, result } = job as Partial<JobDefinition>
  expect(typeof name === 'string', `${field}.name`, name, 'given')
  expect(
    isObject(sources),
    `${field}.sources`,
    sources,
    'views by name, such as { events: { topic, eventTime, watermark } }',
  )
  expect(isObject(result), `${field}.result`, result, 'columns and the key of the table')
  expect(
    isObject(result?.columns),
    `${field}.result.columns`,
    result?.columns,
    "types by name, such as { total: 'bigint' }",
  )
  for (const key of ['partitionKey', 'clusteringColumns'] as const) {
    expect(Array.isArray(result?.[key]), `${field}.result.${key}`, result?.[key], 'a list of columns')
  }
  const lengths = isObject(window) ? Object.keys(Object(window)).sort().join(', ') : ''
  expect(windows.includes(lengths), `${field}.window`, window, '{ size }, { size, slide } or { gap }')
}

/** Fields of a window, in the order of the alphabet. */
const windows: readonly string[] = ['size', 'size, slide', 'gap']

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkJob(job: JobDefinition, topics: readonly AnyTopic[], field: string, expect: Expect): void {
  expect(jobName.test(job.name), `${field}.name`, job.name, 'lower-case letters, digits and underscores, 48 at most')
  expect(!stages.includes(job.name), `${field}.name`, job.name, 'none of the names of stages, which functions have')
  const sources = Object.entries(job.sources)
  expect(sources.length > 0, `${field}.sources`, job.sources, 'one source at least')
  for (const [view, source] of sources) {
    const at = `${field}.sources.${view}`
    expect(viewName.test(view), `${at}`, view, 'lower-case letters, digits and underscores, 48 at most')
    checkSource(source, topics, at, expect)
  }
  for (const [name, value] of durationsOf(job.window)) {
    expect(duration.test(value), `${field}.window.${name}`, value, durationRule)
  }
  const { size, slide } = { slide: null, size: null, ...job.window }
  if (size && slide) {
    expect(
      millisecondsOf(slide) <= millisecondsOf(size),
      `${field}.window.slide`,
      slide,
      `${size} at most, the size of the window`,
    )
  }
  const modes = 'gap' in job.window ? ['append'] : ['update', 'append']
  const why = 'gap' in job.window ? 'append, as sessions are known only when they have ended' : 'update or append'
  expect(modes.includes(job.outputMode), `${field}.outputMode`, job.outputMode, why)
  for (const [column, type] of Object.entries(job.result.columns)) {
    expect(resultTypes.includes(type), `${field}.result.columns.${column}`, type, resultTypeRule)
    expect(
      !reserved.has(column),
      `${field}.result.columns`,
      column,
      'a name that CQL does not reserve: give it another',
    )
  }
}

function durationsOf(window: JobWindow): [string, string][] {
  return Object.entries(window)
}

function checkSource(source: JobSource, topics: readonly AnyTopic[], field: string, expect: Expect): void {
  const names = topics.map(({ name }) => name)
  const topic = topics.find(({ name }) => name === source.topic)
  expect(topic !== undefined, `${field}.topic`, source.topic, `a topic of the pipeline: ${names.join(', ')}`)
  expect(duration.test(source.watermark), `${field}.watermark`, source.watermark, durationRule)
  if (!topic) return
  const { fields, name } = topic.schema
  const times = fields.filter(({ type }) => isTime(type)).map((each) => each.name)
  const allowed = [viewColumns.recordTime, ...times]
  const rule = `${viewColumns.recordTime} or a timestamp-millis field of ${name}: ${allowed.join(', ')}`
  expect(allowed.includes(source.eventTime), `${field}.eventTime`, source.eventTime, rule)
  for (const taken of Object.values(viewColumns)) {
    const isFree = fields.every((each) => each.name !== taken)
    expect(isFree, `${field}.topic`, source.topic, `a topic without a field "${taken}", as each view has that itself`)
  }
}

function isTime(type: AvroType): boolean {
  if (Array.isArray(type)) return type.every((branch) => branch === 'null' || isTime(branch as AvroType))
  return typeof type === 'object' && 'logicalType' in type && type.logicalType === 'timestamp-millis'
}
