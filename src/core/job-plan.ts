/**
 * A job made ready for Spark: its template with what is known where it runs, schemas first of all.
 * spark/runner.py does the same; tests/unit/core/job-runner.test.ts holds both to one result.
 */
import type { JobDefinition } from './job.ts'
import {
  type DecodingStep,
  type JobTemplate,
  jobTemplate,
  type PlanStep,
  text,
  unknownSchemaMark,
} from './job-template.ts'
import { valueSubject } from './names.ts'
import type { AnyTopic } from './topic.ts'
import type { SchemaId } from './wire-format.ts'

/** A plan that Spark can be told. */
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

/** The plan of a job with the SQL of its file and the schemas of its topics. */
export function jobPlan(job: JobDefinition, sql: string, topics: readonly WriterSchemas[], place: PlanPlace): JobPlan {
  const template = jobTemplate(
    job,
    sql,
    topics.map(({ topic }) => topic),
  )
  return filledPlan(template, new Map(topics.map((each) => [valueSubject(each.topic.name), each])), place)
}

function filledPlan(
  { steps, sink }: JobTemplate,
  schemas: ReadonlyMap<string, WriterSchemas>,
  { kafka, resultSchemaId, trigger }: PlanPlace,
): JobPlan {
  const { name, outputMode } = sink
  const filledStep = (step: PlanStep | DecodingStep): PlanStep => {
    if ('known' in step) return decodingStep(step, schemas.get(step.subject))
    return 'read' in step ? { ...step, read: { ...kafka, ...step.read } } : step
  }
  return {
    steps: steps.map(filledStep),
    sink: {
      name,
      sql: fill(sink.sql, { frame: frameOf(resultSchemaId) }),
      options: { ...kafka, ...sink.options },
      outputMode,
      trigger,
    },
  }
}

function decodingStep({ view, subject, sql, known, unknown }: DecodingStep, given?: WriterSchemas): PlanStep {
  if (!given) throw new Error(`no schemas were given for ${subject}`)
  const branches = [
    ...[...given.schemas].map(([id, writer]) => fill(known, { ...gapsOf(id), writer: text(writer) })),
    ...given.unknown.map((id) => fill(unknown, gapsOf(id))),
  ]
  return { view, sql: fill(sql, { branches: branches.join(' ') }) }
}

function gapsOf(id: SchemaId): Readonly<Record<string, string>> {
  const frame = frameOf(id)
  return { frame, bytes: String(frame.length / 2), payload: String(frame.length / 2 + 1) }
}

/** All gaps at once, so that nothing in a value is taken for one. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (gap, name: string) => values[name] ?? gap)
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
