/**
 * What a schema registry does for us.
 * Not for its clients: see registry.ts.
 */
import type { SchemaId } from '../core/wire-format.ts'

/** A schema with what it is written in. */
export type RegisteredSchema = { readonly text: string; readonly dataFormat: 'AVRO' | 'PROTOBUF' | 'JSON' }

/** Finding schemas, which is all that functions on records do. */
export type SchemaLookup = {
  /** The schema text with that id. Fails with SCHEMA_UNKNOWN, also for an id of the other kind, or REGISTRY_UNAVAILABLE. */
  schemaById(id: SchemaId): Promise<string>
  /** The schema with that id, of whichever format. Fails as `schemaById`. */
  registeredSchema(id: SchemaId): Promise<RegisteredSchema>
  /** The id that a registered schema has under its subject. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  idOf(subject: string, schema: string): Promise<SchemaId>
}

/** A registry. A subject's versions are compared as schemas: the order of keys and the spacing of a text mean nothing. */
export type SchemaRegistry = SchemaLookup & {
  /** The id of a schema under a subject, registering it when new. Fails with SCHEMA_INCOMPATIBLE or REGISTRY_UNAVAILABLE. */
  register(subject: string, schema: string): Promise<SchemaId>
  /** The schema texts of all versions of a subject, oldest first. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
  versions(subject: string): Promise<string[]>
  /** Sets the compatibility rule of a subject: FULL_TRANSITIVE, so that every version reads what any other wrote. */
  setCompatibility(subject: string, level: 'FULL_TRANSITIVE'): Promise<void>
  /** The id of a subject's latest schema; null where the subject has none. Fails with REGISTRY_UNAVAILABLE. */
  latestId(subject: string): Promise<SchemaId | null>
  /** All subject names. Fails with REGISTRY_UNAVAILABLE. */
  subjects(): Promise<string[]>
}
