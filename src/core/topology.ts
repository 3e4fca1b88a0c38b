/**
 * What the pipelines need from Kafka, Cassandra and the registry: topics, tables and subjects as one model.
 * Not for creating them: the custom resource does.
 */
import type { AvroRecordSchema } from './avro-schema.ts'
import { SluiceError } from './errors.ts'
import { ledgerTables } from './ledger.ts'
import { deadLetterTopic, keyspace, parkingTopic, pipelineFileName, valueSubject } from './names.ts'
import { days, type Pipeline } from './pipeline.ts'
import { maxDeadLetterBytes, maxRecordBytes } from './record-size.ts'
import { stageMappings } from './stage-mapping.ts'
import type { Table } from './table.ts'
import type { AnyTopic } from './topic.ts'
import { writersOf } from './writers.ts'

/** A topic to be created. */
export type TopicSpec = {
  readonly name: string
  readonly partitions: number
  readonly retentionMs: number
  readonly maxMessageBytes: number
}

/** A subject to be registered. */
export type SubjectSpec = { readonly subject: string; readonly schema: AvroRecordSchema }

/** Everything the pipelines need; plain data. */
export type Topology = {
  readonly keyspace: string
  readonly topics: readonly TopicSpec[]
  readonly tables: readonly Table[]
  readonly subjects: readonly SubjectSpec[]
}

const deadLetterRetentionMs = days(30)
/** Parked records keep the time of their record, and wait for a person. */
const parkedRetentionMs = days(90)

/**
 * The model of all pipelines together. Fails with PIPELINE_INVALID when two of them share a name, a topic or a table,
 * naming it and the files.
 */
export function topologyOf(pipelines: readonly Pipeline[]): Topology {
  const topics = pipelines.flatMap(topicsOf)
  const tables = [...ledgerTables, ...pipelines.flatMap(tablesOf).map(tableOf)]
  const claims = (namesOf: (pipeline: Pipeline) => readonly string[]): Claim[] =>
    pipelines.flatMap((pipeline) => namesOf(pipeline).map((name) => ({ name, owner: pipelineFileName(pipeline.name) })))
  expectUnique(
    'pipeline',
    claims(({ name }) => [name]),
  )
  expectUnique(
    'consumer group',
    claims((pipeline) => stageMappings(pipeline).map(({ id }) => id)),
  )
  expectUnique(
    'topic',
    claims((pipeline) => topicsOf(pipeline).map(({ name }) => name)),
  )
  expectApart(claims((pipeline) => topicsOf(pipeline).flatMap(topicNames)))
  expectUnique('table', [
    ...ledgerTables.map(({ name }) => ({ name, owner: 'the ledger' })),
    ...claims((pipeline) => tablesOf(pipeline).map(({ name }) => name)),
  ])
  return {
    keyspace,
    topics: topics.flatMap((topic) => [topicSpec(topic), ...givenUpSpecs(topic)]),
    tables,
    subjects: topics.map((topic) => ({ subject: valueSubject(topic.name), schema: topic.schema })),
  }
}

/** The topics of a pipeline in the order of the flow: source, processed, results of jobs. */
export function topicsOf(pipeline: Pipeline): AnyTopic[] {
  const { topic } = pipeline
  const written = writersOf(pipeline).map((writer) => writer.topic)
  return written[0] === topic ? written : [topic, ...written]
}

function tablesOf(pipeline: Pipeline): Table[] {
  return writersOf(pipeline).flatMap(({ tables }) => tables)
}

function topicSpec({ name, partitions, retentionMs }: AnyTopic): TopicSpec {
  return { name, partitions, retentionMs, maxMessageBytes: maxRecordBytes }
}

function givenUpSpecs({ name, retentionMs }: AnyTopic): TopicSpec[] {
  const common = { partitions: 1, maxMessageBytes: maxDeadLetterBytes }
  return [
    { name: deadLetterTopic(name), ...common, retentionMs: Math.max(retentionMs, deadLetterRetentionMs) },
    { name: parkingTopic(name), ...common, retentionMs: Math.max(retentionMs, parkedRetentionMs) },
  ]
}

function tableOf({ name, columns, partitionKey, clusteringColumns, clusteringOrder, ttlSeconds }: Table): Table {
  const order = clusteringOrder ? { clusteringOrder } : {}
  return { name, columns, partitionKey, clusteringColumns, ...order, ttlSeconds }
}

/** A name, and who gives it: a file of pipelines/, or a part of Sluice. */
type Claim = { readonly name: string; readonly owner: string }

function expectUnique(kind: string, claims: readonly Claim[]): void {
  const owners = new Map<string, string>()
  for (const { name, owner } of claims) {
    const first = owners.get(name)
    if (first !== undefined) {
      const where = first === owner ? `in ${owner}` : `in ${first} and in ${owner}`
      throw new SluiceError('PIPELINE_INVALID', `two ${kind}s are called "${name}", ${where}: rename one of them`)
    }
    owners.set(name, owner)
  }
}

/** Kafka refuses a topic whose name differs from another's in dots and underscores only. */
function expectApart(claims: readonly Claim[]): void {
  const seen = new Map<string, Claim>()
  for (const claim of claims) {
    const spelling = claim.name.replaceAll('.', '_')
    const first = seen.get(spelling)
    if (first) {
      throw new SluiceError(
        'PIPELINE_INVALID',
        `topic "${first.name}" of ${first.owner} and topic "${claim.name}" of ${claim.owner} differ in dots and underscores only, which Kafka refuses: rename one of them`,
      )
    }
    seen.set(spelling, claim)
  }
}

function topicNames({ name }: AnyTopic): string[] {
  return [name, deadLetterTopic(name), parkingTopic(name)]
}
