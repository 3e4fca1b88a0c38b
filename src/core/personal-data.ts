/**
 * Which fields of a schema hold personal data, and values without it.
 * The tag is that of Confluent's stream catalog, `"confluent:tags": ["PII"]` on a field, which other tools know as well.
 */
import type { AvroRecordSchema } from './avro-schema.ts'
import { type Pipeline, writtenTopic } from './pipeline.ts'

/** What stands in place of a masked value. */
export const maskText = '•••••'

const tag = 'PII'

type Schema = Readonly<Record<string, unknown>>

/** A value and the paths, as `address.city` or `tags[]`, of what was masked in it. */
export type Masked = { readonly value: unknown; readonly paths: readonly string[] }

/** The names of the fields of a record schema that are tagged, or hold a field that is. */
export function personalFields(schema: AvroRecordSchema): ReadonlySet<string> {
  return new Set(fieldsOf(schema).flatMap((field) => (isPersonal(field) ? [String(field.name)] : [])))
}

/** The names of the tagged fields of a pipeline's records: a column that has one of them is personal. */
export function personalNames(pipeline: Pipeline): ReadonlySet<string> {
  return new Set([pipeline.topic, writtenTopic(pipeline)].flatMap(({ schema }) => [...personalFields(schema)]))
}

/** The schema with the fields of those names tagged. */
export function tagged(schema: AvroRecordSchema, names: ReadonlySet<string>): AvroRecordSchema {
  const fields = schema.fields.map((field) => (names.has(field.name) ? { ...field, 'confluent:tags': [tag] } : field))
  return { ...schema, fields }
}

/** Whether any part of a schema is tagged. */
export function holdsPersonalData(schema: unknown): boolean {
  return branchesOf(schema).some(
    (branch) =>
      fieldsOf(branch).some(isPersonal) || [branch.items, branch.values].some((inner) => holdsPersonalData(inner)),
  )
}

/**
 * The value with what any of the schemas tags replaced by {@link maskText}: a record's own schema can be older than the
 * tag. Values are plain, as JSON has them, without the names of union branches; an absent value needs no mask.
 */
export function masked(value: unknown, schemas: readonly unknown[]): Masked {
  const paths: string[] = []
  return { value: mask(value, schemas.flatMap(branchesOf), '', paths), paths }
}

function mask(value: unknown, schemas: readonly Schema[], path: string, paths: string[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = schemas.flatMap(({ items }) => branchesOf(items))
    return value.map((item) => mask(item, items, `${path}[]`, paths))
  }
  const inMap = schemas.flatMap(({ values }) => branchesOf(values))
  const fields = schemas.flatMap(fieldsOf)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const own = fields.filter((field) => field.name === name)
      const at = path === '' ? name : `${path}.${name}`
      if (inner !== null && own.some(isTagged)) {
        paths.push(at)
        return [name, maskText]
      }
      return [name, mask(inner, [...inMap, ...own.flatMap(({ type }) => branchesOf(type))], at, paths)]
    }),
  )
}

function isPersonal(field: Schema): boolean {
  return isTagged(field) || holdsPersonalData(field.type)
}

function isTagged(field: Schema): boolean {
  const tags = field['confluent:tags']
  return Array.isArray(tags) && tags.includes(tag)
}

/** The branches of a union, or the schema alone; none of those that are a name. */
function branchesOf(schema: unknown): Schema[] {
  if (Array.isArray(schema)) return schema.flatMap(branchesOf)
  return typeof schema === 'object' && schema !== null ? [schema as Schema] : []
}

function fieldsOf(schema: Schema | AvroRecordSchema): Schema[] {
  return Array.isArray(schema.fields) ? (schema.fields as Schema[]) : []
}
