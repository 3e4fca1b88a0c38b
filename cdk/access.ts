/**
 * What a function may reach, derived from the pipelines: the model that each target turns into permissions.
 */
import {
  cursorsTable,
  fetchedTable,
  leasesTable,
  publishedTable,
  runStatesTable,
  runsTable,
  scheduleStatesTable,
} from '../src/core/ledger.ts'
import { consumerGroup, deadLetterTopic, type Stage, valueSubject } from '../src/core/names.ts'
import type { Pipeline, Writer } from '../src/core/pipeline.ts'
import { secretNames } from '../src/core/secret.ts'
import type { Topology } from '../src/core/topology.ts'

/** Names of what a function works with; each list is empty where it has no business. */
export type Access = {
  /** Topics it produces to. */
  readonly produce: readonly string[]
  /** The topic that it is started for, and the consumer group. */
  readonly consume: { readonly topic: string; readonly group: string } | null
  /** Topics it creates and configures. */
  readonly ensureTopics: readonly string[]
  /** Tables it reads. */
  readonly select: readonly string[]
  /** Tables it writes. */
  readonly modify: readonly string[]
  /** Whether it creates and changes tables. */
  readonly ensureTables: boolean
  /** Subjects whose schemas it looks up. */
  readonly subjects: readonly string[]
  /** Subjects it registers schemas under. */
  readonly ensureSubjects: readonly string[]
  /** Secrets of Secrets Manager that it reads for its source, by name. */
  readonly secrets: readonly string[]
}

const nothing: Access = {
  produce: [],
  consume: null,
  ensureTopics: [],
  select: [],
  modify: [],
  ensureTables: false,
  subjects: [],
  ensureSubjects: [],
  secrets: [],
}

/** What the function of a stage before the writers needs. Fails where the pipeline has no such stage. */
export function stageAccess(pipeline: Pipeline, stage: Exclude<Stage, 'write'>): Access {
  const { name, source, topic, process } = pipeline
  if (stage === 'ingest') {
    return {
      ...nothing,
      produce: [topic.name, deadLetterTopic(topic.name)],
      // A conditional write also reads.
      select: [runsTable, cursorsTable, leasesTable, scheduleStatesTable].map(({ name }) => name),
      modify: [runsTable, fetchedTable, publishedTable, cursorsTable, runStatesTable, leasesTable].map(
        ({ name }) => name,
      ),
      subjects: [valueSubject(topic.name)],
      secrets: secretNames(source.headers),
    }
  }
  if (!process) throw new Error(`pipeline "${name}" has no process stage`)
  return {
    ...nothing,
    consume: { topic: topic.name, group: consumerGroup(name, stage) },
    produce: [process.topic.name, deadLetterTopic(topic.name)],
    subjects: [valueSubject(topic.name), valueSubject(process.topic.name)],
  }
}

/** What the function of a writer needs. */
export function writerAccess({ name, topic, tables }: Writer): Access {
  return {
    ...nothing,
    consume: { topic: topic.name, group: consumerGroup(name, 'write') },
    produce: [deadLetterTopic(topic.name)],
    modify: tables.map((table) => table.name),
    subjects: [valueSubject(topic.name)],
  }
}

/** What the custom resource needs to make a target fit the model. */
export function topologyAccess({ topics, tables, subjects }: Topology): Access {
  return {
    ...nothing,
    ensureTopics: topics.map(({ name }) => name),
    ensureTables: tables.length > 0,
    ensureSubjects: subjects.map(({ subject }) => subject),
  }
}
