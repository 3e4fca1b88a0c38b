/**
 * The actions of AWS Glue's schema registry that register and compare schemas. Not for finding them: see glue-lookups.ts.
 * Source: AWS Glue Web API Reference, "Schema registry".
 */
import { array, type InferOutput, number, object, optional, string, unknown } from 'valibot'
import {
  callsOf,
  type GlueLookups,
  type GlueRegistry,
  glueLookups,
  type Registration,
  registration,
  status,
  uuid,
  type Version,
  version,
} from './glue-lookups.ts'

/** Glue's name for FULL_TRANSITIVE. */
export const fullTransitive = 'FULL_ALL'

const creation = object({ SchemaVersionId: uuid, SchemaVersionStatus: status })
const schema = object({ Compatibility: string(), NextSchemaVersion: number() })
const page = object({ Schemas: array(object({ SchemaName: string() })), NextToken: optional(string()) })

/** The actions on one registry; as {@link GlueLookups}. */
export type GlueActions = GlueLookups & {
  versionByNumber(subject: string, number: number): Promise<Version | null>
  schema(subject: string): Promise<InferOutput<typeof schema> | null>
  register(subject: string, text: string): Promise<Registration | null>
  /** Creates a subject under {@link fullTransitive}. Null where there is one of that name. */
  create(subject: string, text: string): Promise<Registration | null>
  /** Sets {@link fullTransitive}, counting from that version, else from the latest, on. */
  setFullTransitive(subject: string, from: Version | null): Promise<void>
  /** One page of subject names, and the token of the next. */
  list(token: string | undefined): Promise<InferOutput<typeof page> | null>
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
      await find('UpdateSchema', input, unknown())
    },
    list: (NextToken) => find('ListSchemas', { RegistryId, MaxResults: 100, NextToken }, page),
  }
}
