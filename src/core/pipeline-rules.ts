/**
 * The rules of a pipeline definition that types cannot state, each with a message that names file, field, value and rule.
 * Not for comparing pipelines with each other: see topology.ts.
 */
import { SluiceError } from './errors.ts'
import { pipelineFileName } from './names.ts'
import { isThisMachine, type Pipeline } from './pipeline.ts'
import { scheduleRule } from './schedule.ts'
import { secretNames } from './secret.ts'
import type { Table } from './table.ts'
import type { AnyTopic } from './topic.ts'

const pipelineName = /^[a-z][a-z0-9-]{0,30}$/
const topicName = /^[a-zA-Z0-9._-]{2,242}$/
const cqlName = /^[a-z][a-z0-9_]{0,47}$/
/** What Secrets Manager takes. */
const secretName = /^[a-zA-Z0-9/_+=.@-]{1,512}$/
const cqlNameRule = 'lower-case letters, digits and underscores, 48 at most'
const countRule = 'a whole number from 1'

/** Fails with PIPELINE_INVALID at the first broken rule. */
export function checkPipeline(pipeline: Pipeline): void {
  const expect = expectOf(pipeline)
  const { source } = pipeline
  expectGiven(pipeline, '', ['source', 'topic', 'tables'], expect)
  expectGiven(source, 'source.', ['request', 'response', 'read', 'value', 'record'], expect)
  expect(pipelineName.test(pipeline.name), 'name', pipeline.name, 'lower-case letters, digits and hyphens, 31 at most')
  const { url, bundled } = source
  expect(url === null || URL.canParse(url), 'source.url', url, 'an absolute URL or null')
  expect(url !== null || bundled !== undefined, 'source.url', url, 'given where source.bundled is not')
  if (url !== null) {
    const { protocol, username, password, host } = new URL(url)
    expect(
      protocol === 'https:' || isThisMachine(url),
      'source.url',
      url,
      'an https URL, or an http URL of this machine such as http://127.0.0.1:3000/orders',
    )
    expect(username + password === '', 'source.url', host, 'a URL without credentials: use a secret')
  }
  const scheduled = scheduleRule(String(source.schedule))
  expect(scheduled === null, 'source.schedule', source.schedule, scheduled ?? '')
  expect(isCount(source.recordsPerRun), 'source.recordsPerRun', source.recordsPerRun, countRule)
  const { deadlineMs } = source
  expect(deadlineMs === undefined || isCount(deadlineMs), 'source.deadlineMs', deadlineMs, `milliseconds, ${countRule}`)
  const { requestsPerSecond = 1 } = source
  expect(requestsPerSecond > 0, 'source.requestsPerSecond', requestsPerSecond, 'a number above 0')
  const keeps = source.drift?.unknown === 'evolve' || source.drift?.changed === 'evolve'
  expect(
    !keeps || source.record.length === 2,
    'source.drift',
    source.drift,
    'without evolve unless source.record takes what is kept',
  )
  for (const name of secretNames(source.headers)) {
    expect(secretName.test(name), 'source.headers', name, 'a secret by its name, not its ARN')
  }
  checkTopic(pipeline.topic, 'topic', expect)
  if (pipeline.process) {
    checkTopic(pipeline.process.topic, 'process.topic', expect)
    const { name } = pipeline.process.topic
    expect(name !== pipeline.topic.name, 'process.topic.name', name, 'another topic than the source topic')
    const { ms = 1, reach = 1 } = pipeline.process.window ?? {}
    expect(isCount(ms), 'process.window.ms', ms, `milliseconds, ${countRule}`)
    expect(isCount(reach), 'process.window.reach', reach, countRule)
  }
  pipeline.tables.forEach((table, index) => {
    checkTable(table, `tables[${index}]`, expect)
  })
  const names = pipeline.tables.map((table) => table.name)
  expect(names.length > 0, 'tables', names, 'one table at least')
  expect(new Set(names).size === names.length, 'tables', names, 'tables of different names')
}

/** The compiler, where one is missing or misspelled, may name its neighbours only. */
function expectGiven<T extends object>(part: T, place: string, fields: readonly (keyof T & string)[], expect: Expect) {
  for (const field of fields) expect(part[field] !== undefined, place + field, undefined, 'given')
}

/** Told of each rule: whether it holds, the field, its value, and what is allowed. */
export type Expect = (holds: boolean, field: string, value: unknown, rule: string) => void

/** Fails with PIPELINE_INVALID, naming the pipeline's file, where a rule does not hold. */
export function expectOf(pipeline: Pipeline): Expect {
  return (holds, field, value, rule) => {
    if (holds) return
    throw new SluiceError(
      'PIPELINE_INVALID',
      `${fileOf(pipeline)}pipeline "${pipeline.name}": ${field} is ${JSON.stringify(value)}, but it must be ${rule}`,
    )
  }
}

/** The file is known by the pipeline's name, as both have to be the same; a name that breaks the rules is no file's. */
function fileOf({ name }: Pipeline): string {
  return pipelineName.test(name) ? `${pipelineFileName(name)}: ` : ''
}

/** The rules of a topic. */
export function checkTopic(topic: AnyTopic, field: string, expect: Expect): void {
  expectGiven(topic, `${field}.`, ['schema', 'key'], expect)
  expect(
    topicName.test(topic.name),
    `${field}.name`,
    topic.name,
    '2 to 242 letters, digits, dots, hyphens and underscores',
  )
  expect(!topic.name.endsWith('.dlt'), `${field}.name`, topic.name, 'a name that does not end like a dead-letter topic')
  expect(!topic.name.endsWith('.parked'), `${field}.name`, topic.name, 'a name that does not end like a parking topic')
  expect(isCount(topic.partitions), `${field}.partitions`, topic.partitions, countRule)
  expect(isCount(topic.retentionMs), `${field}.retentionMs`, topic.retentionMs, `milliseconds, ${countRule}`)
  const names = topic.schema.fields.map((each) => each.name)
  expect(new Set(names).size === names.length, `${field}.schema.fields`, names, 'fields of different names')
}

/** The rules of a table. */
export function checkTable(table: Table, field: string, expect: Expect): void {
  expectGiven(table, `${field}.`, ['columns', 'partitionKey', 'clusteringColumns'], expect)
  const columns = Object.keys(table.columns)
  expect(cqlName.test(table.name), `${field}.name`, table.name, cqlNameRule)
  for (const column of columns) {
    expect(cqlName.test(column), `${field}.columns`, column, cqlNameRule)
  }
  const keys = [...table.partitionKey, ...table.clusteringColumns]
  expect(table.partitionKey.length > 0, `${field}.partitionKey`, table.partitionKey, 'one column at least')
  for (const key of keys) expect(columns.includes(key), `${field} key column`, key, `one of ${columns.join(', ')}`)
  expect(new Set(keys).size === keys.length, `${field} key columns`, keys, 'different columns')
  expect(keys.length < columns.length, `${field}.columns`, columns, 'one column more than the key has, at least')
  const { clusteringOrder, ttlSeconds } = table
  const isSorted = clusteringOrder === undefined || table.clusteringColumns.length > 0
  expect(isSorted, `${field}.clusteringOrder`, clusteringOrder, 'left out where there are no clustering columns')
  expect(ttlSeconds === null || isCount(ttlSeconds), `${field}.ttlSeconds`, ttlSeconds, `null or ${countRule}`)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1
}
