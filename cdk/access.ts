/**
 * What a function may reach, derived from the pipelines: the model that each target turns into permissions.
 */
import {
  cursorsTable,
  fetchedTable,
  leasesTable,
  openRunsTable,
  publishedTable,
  runStatesTable,
  runsTable,
  scheduleStatesTable,
  verdictsTable,
} from '../src/core/ledger.ts'
import { consumerGroup, deadLetterTopic, type Stage, valueSubject, windowGroupPrefix } from '../src/core/names.ts'
import { type Pipeline, writtenTopic } from '../src/core/pipeline.ts'
import { secretNames } from '../src/core/secret.ts'
import { stageMappings } from '../src/core/stage-mapping.ts'
import type { Topology } from '../src/core/topology.ts'
import { writersOf } from '../src/core/writers.ts'

/** Names of what a function works with; each list is empty where it has no business. */
export type Access = {
  /** Topics it produces to. */
  readonly produce: readonly string[]
  /** The topics that it is started for, each with its consumer group. */
  readonly consume: readonly { readonly topic: string; readonly group: string }[]
  /** Topics it reads beside their consumers, and the groups whose commits it looks up; null where none. */
  readonly observe: { readonly topics: readonly string[]; readonly groups: readonly string[] } | null
  /** What the groups begin with under which it reads those topics back; null where it does not. */
  readonly readBack: string | null
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

/** That of a function that works with none of them. */
export const noAccess: Access = {
  produce: [],
  consume: [],
  observe: null,
  readBack: null,
  ensureTopics: [],
  select: [],
  modify: [],
  ensureTables: false,
  subjects: [],
  ensureSubjects: [],
  secrets: [],
}

/** What the function of a stage needs. Fails where the pipeline has no such stage. */
export function stageAccess(pipeline: Pipeline, stage: Stage): Access {
  const { name, source, topic, process } = pipeline
  if (stage === 'ingest') {
    return {
      ...noAccess,
      produce: [topic.name, deadLetterTopic(topic.name)],
      // A conditional write also reads.
      select: [runsTable, cursorsTable, leasesTable, scheduleStatesTable].map(({ name }) => name),
      modify: [
        runsTable,
        fetchedTable,
        publishedTable,
        cursorsTable,
        runStatesTable,
        openRunsTable,
        leasesTable,
        openRunsTable,
      ].map(({ name }) => name),
      subjects: [valueSubject(topic.name)],
      secrets: secretNames(source.headers),
    }
  }
  const mappings = stageMappings(pipeline).filter((mapping) => mapping.stage === stage)
  const common = {
    ...noAccess,
    consume: mappings.map(({ id, topic }) => ({ topic: topic.name, group: id })),
    produce: mappings.map(({ topic }) => deadLetterTopic(topic.name)),
    subjects: mappings.map(({ topic }) => valueSubject(topic.name)),
  }
  if (stage === 'write') {
    return { ...common, modify: writersOf(pipeline).flatMap(({ tables }) => tables.map((table) => table.name)) }
  }
  if (!process) throw new Error(`pipeline "${name}" has no process stage`)
  return {
    ...common,
    readBack: process.window ? windowGroupPrefix(name) : null,
    produce: [process.topic.name, ...common.produce],
    subjects: [...common.subjects, valueSubject(process.topic.name)],
  }
}

/** What the judge of runs needs: everything that a record can be found in, to read; and the ledger's verdicts, to write. */
export function judgeAccess(pipelines: readonly Pipeline[]): Access {
  const topics = pipelines.flatMap((pipeline) => [...new Set([pipeline.topic.name, writtenTopic(pipeline).name])])
  const ledger = [runsTable, fetchedTable, publishedTable, verdictsTable, openRunsTable, leasesTable]
  return {
    ...noAccess,
    observe: {
      topics: topics.flatMap((topic) => [topic, deadLetterTopic(topic)]),
      groups: pipelines.flatMap(({ name, process }) => [
        ...(process ? [consumerGroup(name, 'process')] : []),
        consumerGroup(name, 'write'),
      ]),
    },
    select: [...ledger, ...pipelines.flatMap(({ tables }) => tables)].map(({ name }) => name),
    modify: [verdictsTable, runStatesTable, openRunsTable, leasesTable].map(({ name }) => name),
    subjects: topics.map(valueSubject),
  }
}

/** What the custom resource needs to make a target fit the model. */
export function topologyAccess({ topics, tables, subjects }: Topology): Access {
  return {
    ...noAccess,
    ensureTopics: topics.map(({ name }) => name),
    ensureTables: tables.length > 0,
    ensureSubjects: subjects.map(({ subject }) => subject),
  }
}
