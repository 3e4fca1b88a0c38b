/**
 * Makes a job ready for Spark: its SQL, the schemas that its records were written with, the id of its result's schema.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { type JobDefinition, jobFileName, resultTopic } from '../../core/job.ts'
import { type JobPlan, jobPlan, type PlanPlace, type WriterSchemas } from '../../core/job-plan.ts'
import { valueSubject } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { AnyTopic } from '../../core/topic.ts'
import { topicsOf } from '../../core/topology.ts'
import type { SchemaId } from '../../core/wire-format.ts'
import { cloneFolder } from '../places.ts'

/** Schema ids that records named: with the text, or null where the registry does not know them. */
export type NamedSchemas = ReadonlyMap<SchemaId, string | null>

/**
 * The plan of a job, with all schemas of its topics' subjects and `named` ones besides. Fails with SCHEMA_UNKNOWN where
 * the app is not deployed, or REGISTRY_UNAVAILABLE.
 */
export async function prepareJob(
  job: JobDefinition,
  pipeline: Pipeline,
  registry: SchemaRegistry,
  place: Omit<PlanPlace, 'resultSchemaId'>,
  named: NamedSchemas,
): Promise<JobPlan> {
  const read = new Set(Object.values(job.sources).map(({ topic }) => topic))
  const topics = topicsOf(pipeline).filter(({ name }) => read.has(name))
  const result = resultTopic(job)
  const [sql, schemas, resultSchemaId] = await Promise.all([
    readFile(join(cloneFolder, jobFileName(job.name)), 'utf8'),
    Promise.all(topics.map((topic) => writerSchemas(topic, registry, named))),
    registry.idOf(valueSubject(result.name), JSON.stringify(result.schema)),
  ])
  return jobPlan(job, sql, schemas, { ...place, resultSchemaId })
}

async function writerSchemas(topic: AnyTopic, registry: SchemaRegistry, named: NamedSchemas): Promise<WriterSchemas> {
  const subject = valueSubject(topic.name)
  const versions = await registry.versions(subject)
  const ids = await Promise.all(versions.map((text) => registry.idOf(subject, text)))
  const schemas = new Map(ids.map((id, at) => [id, versions[at] ?? '']))
  for (const [id, text] of named) if (text !== null) schemas.set(id, text)
  return { topic, schemas, unknown: [...named].filter(([, text]) => text === null).map(([id]) => id) }
}
