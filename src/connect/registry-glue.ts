/**
 * Client of a registry of AWS Glue: a subject is a schema of the registry, a schema id the UUID of a schema version.
 * What Glue leaves open, and what is done about it, is in docs/decisions/0018-glue-registry.md.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../core/errors.ts'
import type { SchemaId } from '../core/wire-format.ts'
import { fullTransitive, type GlueActions, glueActions } from './glue-actions.ts'
import {
  type GlueLookups,
  type GlueRegistry,
  glueLookups,
  type Registration,
  unavailable,
  type Version,
} from './glue-lookups.ts'
import type { RegisteredSchema, SchemaLookup, SchemaRegistry } from './schema-registry.ts'

/** How long Glue may take to compare a new version with the others, and how often it is asked meanwhile, in ms. */
const comparison = { deadlineMs: 30_000, firstPauseMs: 100, longestPauseMs: 2_000 } as const

/** A client that finds schemas, with the credentials of the process; `timeoutMs` bounds each call. */
export function glueLookup(endpoint: GlueRegistry, timeoutMs: number): SchemaLookup {
  return lookupIn(glueLookups(endpoint, timeoutMs))
}

function lookupIn(glue: GlueLookups): SchemaLookup {
  const { name } = glue
  const registeredSchema = async (id: SchemaId): Promise<RegisteredSchema> => {
    if (typeof id === 'number') {
      throw new SluiceError('SCHEMA_UNKNOWN', `schema id ${id} is one of Confluent's API, and ${name} has UUIDs`)
    }
    const version = await glue.versionById(id)
    if (version?.Status === 'PENDING') throw unavailable(`${name} is still checking schema ${id}`)
    if (version && version.Status !== 'FAILURE') {
      return { text: version.SchemaDefinition, dataFormat: version.DataFormat }
    }
    throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no schema with id ${id}`)
  }
  return {
    registeredSchema,
    schemaById: async (id) => (await registeredSchema(id)).text,
    async idOf(subject, schema) {
      const version = await glue.byDefinition(subject, canonical(schema))
      if (version?.Status === 'PENDING') throw unavailable(`${name} is still checking the schema of "${subject}"`)
      if (version?.Status === 'AVAILABLE') return version.SchemaVersionId
      throw new SluiceError('SCHEMA_UNKNOWN', `the registry does not hold this schema of "${subject}": deploy the app`)
    },
  }
}

/** A client of the registry; as {@link glueLookup}. A new subject begins under FULL_TRANSITIVE. */
export function connectGlueRegistry(endpoint: GlueRegistry, timeoutMs: number): SchemaRegistry {
  const glue = glueActions(endpoint, timeoutMs)
  const { name } = glue
  return {
    ...lookupIn(glue),
    async register(subject, schema) {
      const text = canonical(schema)
      const version =
        (await glue.register(subject, text)) ??
        (await glue.create(subject, text)) ??
        // Somebody else has created the subject meanwhile.
        (await glue.register(subject, text))
      if (version) return settled(glue, subject, version)
      throw unavailable(`subject "${subject}" of ${name} came and went while its schema was registered`)
    },
    async versions(subject) {
      const schema = await glue.schema(subject)
      if (!schema) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no subject "${subject}"`)
      const texts: string[] = []
      for await (const version of available(glue, subject, before(schema.NextSchemaVersion))) {
        texts.push(version.SchemaDefinition)
      }
      return texts
    },
    async setCompatibility(subject) {
      const schema = await glue.schema(subject)
      if (!schema || schema.Compatibility === fullTransitive) return
      const oldest = await available(glue, subject, before(schema.NextSchemaVersion)).next()
      await glue.setFullTransitive(subject, oldest.value ?? null)
    },
    async latestId(subject) {
      const schema = await glue.schema(subject)
      const newestFirst = before(schema?.NextSchemaVersion ?? 1).reverse()
      const newest = await available(glue, subject, newestFirst).next()
      return newest.value?.SchemaVersionId ?? null
    },
    async subjects() {
      const names: string[] = []
      let token: string | undefined
      do {
        const page = await glue.list(token)
        names.push(...(page?.Schemas ?? []).map(({ SchemaName }) => SchemaName))
        token = page?.NextToken
      } while (token)
      return names
    },
  }
}

/** The id of a version once Glue has compared it with the others. Fails with SCHEMA_INCOMPATIBLE or REGISTRY_UNAVAILABLE. */
async function settled(glue: GlueActions, subject: string, registration: Registration): Promise<string> {
  const { SchemaVersionId: id } = registration
  const end = performance.now() + comparison.deadlineMs
  let status = registration.Status
  for (let pauseMs = comparison.firstPauseMs; status === 'PENDING'; pauseMs *= 2) {
    if (performance.now() > end) throw unavailable(`${glue.name} is still checking the new schema of "${subject}"`)
    await sleep(Math.min(pauseMs, comparison.longestPauseMs))
    status = (await glue.versionById(id))?.Status ?? 'FAILURE'
  }
  if (status === 'AVAILABLE') return id
  throw new SluiceError(
    'SCHEMA_INCOMPATIBLE',
    `${glue.name} refused the new schema of subject "${subject}" as incompatible with the versions it holds`,
  )
}

/** Versions by their numbers, one call each as they are asked for; those that were deleted or refused are left out. */
async function* available(
  glue: GlueActions,
  subject: string,
  numbers: readonly number[],
): AsyncGenerator<Version, undefined> {
  for (const number of numbers) {
    const version = await glue.versionByNumber(subject, number)
    if (version?.Status === 'AVAILABLE') yield version
  }
}

/** The numbers that versions before `next` can have, oldest first. */
function before(next: number): number[] {
  return Array.from({ length: next - 1 }, (_, index) => index + 1)
}

/** One text for all texts of one schema: keys in order, no spaces. */
function canonical(schema: string): string {
  return JSON.stringify(JSON.parse(schema), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
