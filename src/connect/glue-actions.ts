/**
 * The actions of AWS Glue's schema registry that Sluice uses, as typed calls whose failures are ours.
 * Not for what they mean together: see registry-glue.ts.
 * Source: AWS Glue Web API Reference, "Schema registry".
 */
import * as v from 'valibot'
import type { RegistryEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { type AwsAnswer, awsJsonCall } from './aws-json.ts'

/** Which registry; `endpoint` is an emulator's address. */
export type GlueRegistry = Extract<RegistryEndpoint, { readonly glueRegistry: string }>

/** Glue's name for FULL_TRANSITIVE. */
export const fullTransitive = 'FULL_ALL'

/** Refusals that say something about the registry's content; all others say that it cannot be used. */
const expectedRefusals: readonly string[] = ['EntityNotFoundException', 'AlreadyExistsException']

const status = v.picklist(['AVAILABLE', 'PENDING', 'FAILURE', 'DELETING'])
const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
const registration = v.object({ SchemaVersionId: uuid, Status: status })
const creation = v.object({ SchemaVersionId: uuid, SchemaVersionStatus: status })
const version = v.object({
  ...registration.entries,
  SchemaDefinition: v.string(),
  VersionNumber: v.number(),
  DataFormat: v.optional(v.picklist(['AVRO', 'JSON', 'PROTOBUF']), 'AVRO'),
})
const schema = v.object({ Compatibility: v.string(), NextSchemaVersion: v.number() })
const page = v.object({ Schemas: v.array(v.object({ SchemaName: v.string() })), NextToken: v.optional(v.string()) })

/** A version that was registered: FAILURE means that Glue refused it, PENDING that it still compares it with the others. */
export type Registration = v.InferOutput<typeof registration>
/** A version with its text. */
export type Version = v.InferOutput<typeof version>

/** The actions that find schemas. Null means that Glue has no such thing; all fail with REGISTRY_UNAVAILABLE. */
export type GlueLookups = {
  /** The registry, for messages. */
  readonly name: string
  versionById(id: string): Promise<Version | null>
  byDefinition(subject: string, text: string): Promise<Registration | null>
}

/** The actions on one registry; as {@link GlueLookups}. */
export type GlueActions = GlueLookups & {
  versionByNumber(subject: string, number: number): Promise<Version | null>
  schema(subject: string): Promise<v.InferOutput<typeof schema> | null>
  register(subject: string, text: string): Promise<Registration | null>
  /** Creates a subject under {@link fullTransitive}. Null where there is one of that name. */
  create(subject: string, text: string): Promise<Registration | null>
  /** Sets {@link fullTransitive}, counting from that version, else from the latest, on. */
  setFullTransitive(subject: string, from: Version | null): Promise<void>
  /** One page of subject names, and the token of the next. */
  list(token: string | undefined): Promise<v.InferOutput<typeof page> | null>
}

/** Calls of Glue, and what their answers mean. */
function callsOf({ glueRegistry: RegistryName, region, endpoint }: GlueRegistry, timeoutMs: number) {
  const name = `the Glue registry ${RegistryName} in ${region}`
  const call = awsJsonCall({ service: 'glue', targetPrefix: 'AWSGlue', region, endpoint }, timeoutMs)
  const RegistryId = { RegistryName }
  const SchemaId = (SchemaName: string) => ({ RegistryName, SchemaName })

  const ask = async (action: string, input: object): Promise<AwsAnswer> => {
    const answer = await call(action, input).catch((cause: unknown) => {
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
  /** Where the registry itself is missing, "not found" says nothing of a schema: every record would become a dead letter. */
  const find = async <T>(action: string, input: object, form: v.GenericSchema<unknown, T>): Promise<T | null> => {
    const answer = await ask(action, input)
    if ('result' in answer) return parsed(action, answer, form)
    const registry = await ask('GetRegistry', { RegistryId })
    if ('refusal' in registry) throw unavailable(`${name} does not exist: create it, or correct its name or region`)
    return null
  }
  return { name, RegistryId, SchemaId, ask, parsed, find }
}

/** The actions that find schemas, with the credentials of the process; `timeoutMs` bounds each call. */
export function glueLookups(registry: GlueRegistry, timeoutMs: number): GlueLookups {
  const { name, SchemaId, find } = callsOf(registry, timeoutMs)
  return {
    name,
    versionById: (SchemaVersionId) => find('GetSchemaVersion', { SchemaVersionId }, version),
    byDefinition(subject, SchemaDefinition) {
      return find('GetSchemaByDefinition', { SchemaId: SchemaId(subject), SchemaDefinition }, registration)
    },
  }
}

/** All actions; as {@link glueLookups}. */
export function glueActions(registry: GlueRegistry, timeoutMs: number): GlueActions {
  const { RegistryId, SchemaId, ask, parsed, find } = callsOf(registry, timeoutMs)
  return {
    ...glueLookups(registry, timeoutMs),
    versionByNumber(subject, VersionNumber) {
      const input = { SchemaId: SchemaId(subject), SchemaVersionNumber: { VersionNumber } }
      return find('GetSchemaVersion', input, version)
    },
    schema: (subject) => find('GetSchema', { SchemaId: SchemaId(subject) }, schema),
    register(subject, SchemaDefinition) {
      return find('RegisterSchemaVersion', { SchemaId: SchemaId(subject), SchemaDefinition }, registration)
    },
    async create(SchemaName, SchemaDefinition) {
      const kind = { DataFormat: 'AVRO', Compatibility: fullTransitive }
      const answer = await ask('CreateSchema', { RegistryId, SchemaName, ...kind, SchemaDefinition })
      if ('refusal' in answer) return null
      const { SchemaVersionId, SchemaVersionStatus } = parsed('CreateSchema', answer, creation)
      return { SchemaVersionId, Status: SchemaVersionStatus }
    },
    async setFullTransitive(subject, from) {
      const SchemaVersionNumber = from ? { VersionNumber: from.VersionNumber } : { LatestVersion: true }
      const input = { SchemaId: SchemaId(subject), SchemaVersionNumber, Compatibility: fullTransitive }
      await find('UpdateSchema', input, v.unknown())
    },
    list: (NextToken) => find('ListSchemas', { RegistryId, MaxResults: 100, NextToken }, page),
  }
}

/** The failure of a registry that cannot be used now. */
export function unavailable(message: string, cause?: unknown): SluiceError {
  return new SluiceError('REGISTRY_UNAVAILABLE', message, { cause })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message
}
