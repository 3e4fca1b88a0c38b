/**
 * Calls of AWS Glue's schema registry whose failures are ours, and the actions that find schemas, which functions carry.
 * Not for what they mean together: see registry-glue.ts.
 * Source: AWS Glue Web API Reference, "Schema registry".
 */
import {
  type GenericSchema,
  type InferOutput,
  number,
  object,
  optional,
  picklist,
  pipe,
  regex,
  safeParse,
  string,
} from 'valibot'
import type { RegistryEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { type AwsAnswer, awsJsonCall } from './aws-json.ts'

/** Which registry; `endpoint` is an emulator's address. */
export type GlueRegistry = Extract<RegistryEndpoint, { readonly glueRegistry: string }>

/** Refusals that say something about the registry's content; all others say that it cannot be used. */
const expectedRefusals: readonly string[] = ['EntityNotFoundException', 'AlreadyExistsException']

/** Where a version stands: Glue compares it with the others at its leisure. */
export const status = picklist(['AVAILABLE', 'PENDING', 'FAILURE', 'DELETING'])
/** The id of a version. */
export const uuid = pipe(string(), regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
/** The form of {@link Registration} in an answer. */
export const registration = object({ SchemaVersionId: uuid, Status: status })
/** The form of {@link Version} in an answer. */
export const version = object({
  ...registration.entries,
  SchemaDefinition: string(),
  VersionNumber: number(),
  DataFormat: optional(picklist(['AVRO', 'JSON', 'PROTOBUF']), 'AVRO'),
})
/** A version that was registered: FAILURE means that Glue refused it, PENDING that it still compares it with the others. */
export type Registration = InferOutput<typeof registration>
/** A version with its text. */
export type Version = InferOutput<typeof version>

/** The actions that find schemas. Null means that Glue has no such thing; all fail with REGISTRY_UNAVAILABLE. */
export type GlueLookups = {
  /** The registry, for messages. */
  readonly name: string
  versionById(id: string): Promise<Version | null>
  byDefinition(subject: string, text: string): Promise<Registration | null>
}

/** Calls of Glue, and what their answers mean. */
export function callsOf({ glueRegistry: RegistryName, region, endpoint }: GlueRegistry, timeoutMs: number) {
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
  const parsed = <T>(action: string, { result }: { result: unknown }, form: GenericSchema<unknown, T>): T => {
    const outcome = safeParse(form, result)
    if (outcome.success) return outcome.output
    throw unavailable(`${name} answered ${action} with something else than is asked for`)
  }
  /** Where the registry itself is missing, "not found" says nothing of a schema: every record would become a dead letter. */
  const find = async <T>(action: string, input: object, form: GenericSchema<unknown, T>): Promise<T | null> => {
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

/** The failure of a registry that cannot be used now. */
export function unavailable(message: string, cause?: unknown): SluiceError {
  return new SluiceError('REGISTRY_UNAVAILABLE', message, { cause })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message
}
