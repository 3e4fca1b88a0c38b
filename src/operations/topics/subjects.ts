/**
 * Subjects of the registry with their versions, and what each version changed.
 */
import { breakingChanges, changeSentence } from '../../core/schema-diff.ts'
import type { Clients } from '../clients.ts'

/** A field of a version: its type as text, whether it has a default, and its tags. */
export type VersionField = {
  readonly name: string
  readonly type: string
  readonly hasDefault: boolean
  readonly tags: readonly string[]
}

/** One version of a subject, numbered from 1, and how it differs from the one before. */
export type SubjectVersion = {
  readonly version: number
  readonly schema: unknown
  readonly fields: readonly VersionField[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
  /** Sentences for what makes it unreadable to the version before, or that to it. */
  readonly breaking: readonly string[]
}

/** A subject and its versions, oldest first. Fails with SCHEMA_UNKNOWN or REGISTRY_UNAVAILABLE. */
export async function subjectVersions(subject: string, { registry }: Clients): Promise<SubjectVersion[]> {
  const schemas = (await registry.versions(subject)).map((text) => JSON.parse(text) as unknown)
  return schemas.map((schema, at) => {
    const [before, now] = [fieldsOf(schemas[at - 1]), fieldsOf(schema)]
    const had = new Map(before.map((field) => [field.name, field]))
    const has = new Set(now.map(({ name }) => name))
    const isFirst = at === 0
    return {
      version: at + 1,
      schema,
      fields: now,
      added: isFirst ? [] : now.map(({ name }) => name).filter((name) => !had.has(name)),
      removed: before.map(({ name }) => name).filter((name) => !has.has(name)),
      changed: now.filter((field) => isOther(had.get(field.name), field)).map(({ name }) => name),
      breaking: isFirst ? [] : breakingChanges(schemas[at - 1], schema).map(changeSentence),
    }
  })
}

function isOther(before: VersionField | undefined, now: VersionField): boolean {
  return before !== undefined && JSON.stringify(before) !== JSON.stringify(now)
}

function fieldsOf(schema: unknown): VersionField[] {
  const { fields } = (schema ?? {}) as { readonly fields?: readonly Readonly<Record<string, unknown>>[] }
  return (fields ?? []).map((field) => ({
    name: String(field.name),
    type: typeof field.type === 'string' ? field.type : JSON.stringify(field.type),
    hasDefault: field.default !== undefined,
    tags: (field['confluent:tags'] as readonly string[] | undefined) ?? [],
  }))
}
