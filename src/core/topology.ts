/**
 * What the pipelines need from Kafka, Cassandra and the registry: topics, tables and subjects as one model.
 * Not for creating them: the custom resource does.
 */
import type { AvroRecordSchema } from './avro-schema.ts'
import { SluiceError } from './errors.ts'
import { ledgerTables } from './ledger.ts'
import { deadLetterTopic, keyspace, valueSubject } from './names.ts'
import { type AnyTopic, days, type Pipeline } from './pipeline.ts'
import type { Table } from './table.ts'

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
const maxRecordBytes = 1_048_576
/** A dead letter carries its record whole, and its reason besides. */
const maxDeadLetterBytes = 2 * maxRecordBytes

/** The model of all pipelines together. Fails with PIPELINE_INVALID when two of them share a name, a topic or a table. */
export function topologyOf(pipelines: readonly Pipeline[]): Topology {
  const topics = pipelines.flatMap(topicsOf)
  const tables = [...ledgerTables, ...pipelines.flatMap((pipeline) => pipeline.tables.map(tableOf))]
  expectUnique('pipeline', pipelines)
  expectUnique('topic', topics)
  expectUnique('table', tables)
  return {
    keyspace,
    topics: topics.flatMap((topic) => [topicSpec(topic), deadLetterSpec(topic)]),
    tables,
    subjects: topics.map((topic) => ({ subject: valueSubject(topic.name), schema: topic.schema })),
  }
}

/** The topics of a pipeline in the order of the flow. */
export function topicsOf(pipeline: Pipeline): AnyTopic[] {
  return pipeline.process ? [pipeline.topic, pipeline.process.topic] : [pipeline.topic]
}

function topicSpec({ name, partitions, retentionMs }: AnyTopic): TopicSpec {
  return { name, partitions, retentionMs, maxMessageBytes: maxRecordBytes }
}

function deadLetterSpec({ name, retentionMs }: AnyTopic): TopicSpec {
  return {
    name: deadLetterTopic(name),
    partitions: 1,
    retentionMs: Math.max(retentionMs, deadLetterRetentionMs),
    maxMessageBytes: maxDeadLetterBytes,
  }
}

function tableOf({ name, columns, partitionKey, clusteringColumns, ttlSeconds }: Table): Table {
  return { name, columns, partitionKey, clusteringColumns, ttlSeconds }
}

function expectUnique(kind: string, named: readonly { readonly name: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of named) {
    if (seen.has(name)) {
      throw new SluiceError(
        'PIPELINE_INVALID',
        `two ${kind}s are called "${name}": rename one in its file in pipelines/`,
      )
    }
    seen.add(name)
  }
}
