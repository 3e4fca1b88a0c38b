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
import { deadLetterTopic, type Stage, valueSubject } from '../src/core/names.ts'
import { type Pipeline, writersOf } from '../src/core/pipeline.ts'
import { secretNames } from '../src/core/secret.ts'
import { stageMappings } from '../src/core/stage-mapping.ts'
import type { Topology } from '../src/core/topology.ts'

/** Names of what a function works with; each list is empty where it has no business. */
export type Access = {
  /** Topics it produces to. */
  readonly produce: readonly string[]
  /** The topics that it is started for, each with its consumer group. */
  readonly consume: readonly { readonly topic: string; readonly group: string }[]
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
      modify: [runsTable, fetchedTable, publishedTable, cursorsTable, runStatesTable, leasesTable].map(
        ({ name }) => name,
      ),
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
    produce: [process.topic.name, ...common.produce],
    subjects: [...common.subjects, valueSubject(process.topic.name)],
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
