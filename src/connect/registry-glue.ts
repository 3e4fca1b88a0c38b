/**
 * Client of a registry of AWS Glue: a subject is a schema of the registry, a schema id the UUID of a schema version.
 * Source: AWS Glue Web API Reference, "Schema registry". What it leaves open is in docs/decisions/0018-glue-registry.md.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { SluiceError } from '../core/errors.ts'
import { type AwsAnswer, awsJsonCall } from './aws-json.ts'
import type { SchemaRegistry } from './registry.ts'

/** Which registry; `endpoint` is an emulator's address. */
export type GlueRegistry = { readonly glueRegistry: string; readonly region: string; readonly endpoint?: string }

/** How long Glue may take to compare a new version with the others, and how often it is asked meanwhile, in ms. */
const evolutionCheck = { deadlineMs: 30_000, firstPauseMs: 100, longestPauseMs: 2_000 } as const

const statuses = ['AVAILABLE', 'PENDING', 'FAILURE', 'DELETING'] as const
const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
const registered = v.object({ SchemaVersionId: uuid, Status: v.picklist(statuses) })
const created = v.object({ SchemaVersionId: uuid, SchemaVersionStatus: v.picklist(statuses) })
const versionAnswer = v.object({ ...registered.entries, SchemaDefinition: v.string(), VersionNumber: v.number() })
const schemaAnswer = v.object({ Compatibility: v.string(), NextSchemaVersion: v.number() })
const page = v.object({ Schemas: v.array(v.object({ SchemaName: v.string() })), NextToken: v.optional(v.string()) })

type Version = v.InferOutput<typeof versionAnswer>
type Registered = v.InferOutput<typeof registered>

/** A client of the registry with the credentials of the process; `timeoutMs` bounds each call. A new subject begins under FULL_TRANSITIVE. */
export function connectGlueRegistry(glue: GlueRegistry, timeoutMs: number): SchemaRegistry {
  const { glueRegistry: RegistryName, region, endpoint } = glue
  const name = `the Glue registry ${RegistryName} in ${region}`
  const api = awsJsonCall({ service: 'glue', targetPrefix: 'AWSGlue', region, endpoint }, timeoutMs)
  const schemaId = (SchemaName: string) => ({ RegistryName, SchemaName })
  const unavailable = (text: string, cause?: unknown) => new SluiceError('REGISTRY_UNAVAILABLE', text, { cause })

  const ask = async (action: string, input: object): Promise<AwsAnswer> => {
    const answer = await api(action, input).catch((cause: unknown) => {
      throw unavailable(`${name} did not answer ${action}: ${reasonOf(cause)}`, cause)
    })
    if (!('refusal' in answer) || expectedRefusals.includes(answer.refusal)) return answer
    if (answer.refusal === 'AccessDeniedException') {
      throw unavailable(`${name} denied ${action}: allow glue:${action} to the role that asked`)
    }
    throw unavailable(`${name} refused ${action} with ${answer.refusal}: ${answer.message}`)
  }
  const parsed = <T>(action: string, { result }: { result: unknown }, form: v.GenericSchema<unknown, T>): T => {
    const outcome = v.safeParse(form, result)
    if (outcome.success) return outcome.output
    throw unavailable(`${name} answered ${action} with something else than is asked for`)
  }
  /** The answer, or null where Glue has no such entity. Without the registry every record would become a dead letter, so that is a failure. */
  const find = async <T>(action: string, input: object, form: v.GenericSchema<unknown, T>): Promise<T | null> => {
    const answer = await ask(action, input)
    if ('result' in answer) return parsed(action, answer, form)
    const registry = await ask('GetRegistry', { RegistryId: { RegistryName } })
    if ('refusal' in registry) throw unavailable(`${name} does not exist: create it, or correct its name or region`)
    return null
  }
  const versionById = (id: string) => find('GetSchemaVersion', { SchemaVersionId: id }, versionAnswer)
  const versionByNumber = (subject: string, VersionNumber: number) =>
    find('GetSchemaVersion', { SchemaId: schemaId(subject), SchemaVersionNumber: { VersionNumber } }, versionAnswer)
  const schemaOf = (subject: string) => find('GetSchema', { SchemaId: schemaId(subject) }, schemaAnswer)
  /** Versions by their numbers; those that were deleted or refused are left out. */
  const available = async (subject: string, numbers: readonly number[]): Promise<Version[]> => {
    const found = await Promise.all(numbers.map((number) => versionByNumber(subject, number)))
    return found.filter((version) => version?.Status === 'AVAILABLE') as Version[]
  }
  const refused = (subject: string) =>
    new SluiceError(
      'SCHEMA_INCOMPATIBLE',
      `${name} refused the new schema of subject "${subject}" as incompatible with the versions it holds`,
    )
  /** Waits while Glue compares the version with the others. */
  const settled = async (subject: string, { SchemaVersionId, Status }: Registered): Promise<string> => {
    const end = performance.now() + evolutionCheck.deadlineMs
    let status: Registered['Status'] = Status
    for (let pauseMs = evolutionCheck.firstPauseMs; status === 'PENDING'; pauseMs *= 2) {
      if (performance.now() > end) throw unavailable(`${name} is still checking the new schema of "${subject}"`)
      await sleep(Math.min(pauseMs, evolutionCheck.longestPauseMs))
      status = (await versionById(SchemaVersionId))?.Status ?? 'FAILURE'
    }
    if (status !== 'AVAILABLE') throw refused(subject)
    return SchemaVersionId
  }
  const registerVersion = (subject: string, SchemaDefinition: string) =>
    find('RegisterSchemaVersion', { SchemaId: schemaId(subject), SchemaDefinition }, registered)
  /** Null where somebody else has created the subject meanwhile. */
  const createSubject = async (subject: string, SchemaDefinition: string): Promise<Registered | null> => {
    const answer = await ask('CreateSchema', {
      RegistryId: { RegistryName },
      SchemaName: subject,
      DataFormat: 'AVRO',
      Compatibility: fullTransitive,
      SchemaDefinition,
    })
    if ('refusal' in answer) return null
    const { SchemaVersionId, SchemaVersionStatus } = parsed('CreateSchema', answer, created)
    return { SchemaVersionId, Status: SchemaVersionStatus }
  }

  return {
    async schemaById(id) {
      if (typeof id === 'number') {
        throw new SluiceError('SCHEMA_UNKNOWN', `schema id ${id} is one of Confluent's API, and ${name} has UUIDs`)
      }
      const version = await versionById(id)
      if (version?.Status === 'PENDING') throw unavailable(`${name} is still checking schema ${id}`)
      if (version && version.Status !== 'FAILURE') return version.SchemaDefinition
      throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no schema with id ${id}`)
    },
    async idOf(subject, schema) {
      const input = { SchemaId: schemaId(subject), SchemaDefinition: canonical(schema) }
      const version = await find('GetSchemaByDefinition', input, registered)
      if (version?.Status === 'PENDING') throw unavailable(`${name} is still checking the schema of "${subject}"`)
      if (version?.Status === 'AVAILABLE') return version.SchemaVersionId
      throw new SluiceError('SCHEMA_UNKNOWN', `the registry does not hold this schema of "${subject}": deploy the app`)
    },
    async register(subject, schema) {
      const text = canonical(schema)
      const version =
        (await registerVersion(subject, text)) ??
        (await createSubject(subject, text)) ??
        (await registerVersion(subject, text))
      if (version) return settled(subject, version)
      throw unavailable(`subject "${subject}" of ${name} came and went while its schema was registered`)
    },
    async versions(subject) {
      const schema = await schemaOf(subject)
      if (!schema) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no subject "${subject}"`)
      return (await available(subject, upTo(schema.NextSchemaVersion))).map((version) => version.SchemaDefinition)
    },
    async setCompatibility(subject) {
      const schema = await schemaOf(subject)
      if (!schema || schema.Compatibility === fullTransitive) return
      const [oldest] = await available(subject, upTo(schema.NextSchemaVersion))
      // The rule counts from the version that this names, the checkpoint, on.
      const from = oldest ? { VersionNumber: oldest.VersionNumber } : { LatestVersion: true }
      const input = { SchemaId: schemaId(subject), SchemaVersionNumber: from, Compatibility: fullTransitive }
      await find('UpdateSchema', input, v.unknown())
    },
    async latestId(subject) {
      const schema = await schemaOf(subject)
      for (const number of upTo(schema?.NextSchemaVersion ?? 1).reverse()) {
        const [version] = await available(subject, [number])
        if (version) return version.SchemaVersionId
      }
      return null
    },
    async subjects() {
      const names: string[] = []
      let NextToken: string | undefined
      do {
        const found = await find('ListSchemas', { RegistryId: { RegistryName }, MaxResults: 100, NextToken }, page)
        names.push(...(found?.Schemas ?? []).map(({ SchemaName }) => SchemaName))
        NextToken = found?.NextToken
      } while (NextToken)
      return names
    },
  }
}

/** Glue's name for FULL_TRANSITIVE. */
const fullTransitive = 'FULL_ALL'
/** Refusals that say something about the registry's content; all others say that it cannot be used. */
const expectedRefusals: readonly string[] = ['EntityNotFoundException', 'AlreadyExistsException']

/** The numbers that versions before `next` can have, oldest first. */
function upTo(next: number): number[] {
  return Array.from({ length: next - 1 }, (_, index) => index + 1)
}

/** One text for all texts of one schema: keys in order, no spaces. Two of Glue's actions compare by different means. */
function canonical(schema: string): string {
  return JSON.stringify(JSON.parse(schema), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message
}
