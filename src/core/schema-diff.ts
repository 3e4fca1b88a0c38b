/**
 * What makes two versions of an Avro schema unreadable to each other, field by field, and what to do about each.
 * Not for judging a change: the registry does, and says no more than "incompatible". Pure.
 * Source: Apache Avro 1.12 specification, "Schema Resolution".
 */

/** One difference that stops a schema from reading what was written with the other. */
export type SchemaChange = {
  /** Path of the field, as `address.city`, `tags[]` for the items of an array, `labels{}` for the values of a map; empty for the record itself. */
  readonly field: string
  readonly what: string
  /** What the registered schema has, and what the new one has. */
  readonly before: string
  readonly after: string
  readonly remedy: string
}

type Named = { readonly name: string; readonly namespace?: string }
type RecordType = Named & { readonly type: 'record'; readonly fields: readonly Field[] }
type EnumType = Named & { readonly type: 'enum'; readonly symbols: readonly string[] }
type ArrayType = { readonly type: 'array'; readonly items: unknown }
type MapType = { readonly type: 'map'; readonly values: unknown }
type Field = { readonly name: string; readonly type: unknown; readonly default?: unknown }
type Type = string | RecordType | EnumType | ArrayType | MapType | readonly unknown[]

/** Types whose bytes a reader of another type takes as well. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}
const keepType = 'keep it, and add the new form as another field with a default'

/**
 * The differences between a registered schema and a new one because of which one of them cannot read the other's
 * records; empty exactly when each reads the other's. Both are schemas as JSON values.
 */
export function breakingChanges(before: unknown, after: unknown): SchemaChange[] {
  return changesOf(typeOf(before), typeOf(after), '')
}

/** One sentence for a change: field, old → new, remedy. */
export function changeSentence({ field, what, before, after, remedy }: SchemaChange): string {
  return `${field === '' ? 'the record' : `field "${field}"`} ${what} (${before} → ${after}): ${remedy}`
}

function changesOf(before: Type, after: Type, path: string): SchemaChange[] {
  if (isKind(before, 'record') && isKind(after, 'record')) return recordChanges(before, after, path)
  if (isKind(before, 'enum') && isKind(after, 'enum')) return enumChanges(before, after, path)
  if (isKind(before, 'array') && isKind(after, 'array')) {
    return changesOf(typeOf(before.items), typeOf(after.items), `${path}[]`)
  }
  if (isKind(before, 'map') && isKind(after, 'map')) {
    return changesOf(typeOf(before.values), typeOf(after.values), `${path}{}`)
  }
  if (reads(before, after) && reads(after, before)) return []
  return [{ field: path, what: 'has another type', before: textOf(before), after: textOf(after), remedy: keepType }]
}

function recordChanges(before: RecordType, after: RecordType, path: string): SchemaChange[] {
  const renamed = nameChange(before, after, path)
  const at = (field: string) => (path === '' ? field : `${path}.${field}`)
  const [old, now] = [byName(before), byName(after)]
  const removed = before.fields.filter((field) => !now.has(field.name) && !hasDefault(field))
  const added = after.fields.filter((field) => !old.has(field.name) && !hasDefault(field))
  return [
    ...renamed,
    ...removed.map((field) => ({
      field: at(field.name),
      what: 'is gone and had no default',
      before: textOf(typeOf(field.type)),
      after: 'none',
      remedy: 'keep it, as what still runs cannot read records without it',
    })),
    ...added.map((field) => ({
      field: at(field.name),
      what: 'is new and has no default',
      before: 'none',
      after: textOf(typeOf(field.type)),
      remedy: 'give it a default',
    })),
    ...after.fields.flatMap((field) => {
      const was = old.get(field.name)
      return was ? changesOf(typeOf(was.type), typeOf(field.type), at(field.name)) : []
    }),
  ]
}

function enumChanges(before: EnumType, after: EnumType, path: string): SchemaChange[] {
  const renamed = nameChange(before, after, path)
  if (hasAll(before.symbols, after.symbols) && hasAll(after.symbols, before.symbols)) return renamed
  const change = { before: before.symbols.join(', '), after: after.symbols.join(', ') }
  const remedy = 'keep the symbols, and add a field with a default for the new ones'
  return [...renamed, { field: path, what: 'has other symbols', ...change, remedy }]
}

function nameChange(before: Named, after: Named, path: string): SchemaChange[] {
  const [was, is] = [fullName(before), fullName(after)]
  if (was === is) return []
  return [{ field: path, what: 'has another name', before: was, after: is, remedy: `keep the name "${was}"` }]
}

/** Whether a reader's schema takes whatever was written with the writer's. */
function reads(reader: Type, writer: Type): boolean {
  if (isUnion(writer)) return writer.every((branch) => reads(reader, typeOf(branch)))
  if (isUnion(reader)) return reader.some((branch) => reads(typeOf(branch), writer))
  if (typeof reader === 'string' || typeof writer === 'string') {
    return reader === writer || (typeof writer === 'string' && (promotions[writer] ?? []).includes(reader as string))
  }
  if (isKind(reader, 'array') && isKind(writer, 'array')) return reads(typeOf(reader.items), typeOf(writer.items))
  if (isKind(reader, 'map') && isKind(writer, 'map')) return reads(typeOf(reader.values), typeOf(writer.values))
  if (isKind(reader, 'enum') && isKind(writer, 'enum')) {
    return fullName(reader) === fullName(writer) && hasAll(reader.symbols, writer.symbols)
  }
  if (!isKind(reader, 'record') || !isKind(writer, 'record')) return false
  const written = byName(writer)
  return (
    fullName(reader) === fullName(writer) &&
    reader.fields.every((field) => {
      const was = written.get(field.name)
      return was ? reads(typeOf(field.type), typeOf(was.type)) : hasDefault(field)
    })
  )
}

/** A type without what does not change its bytes: `{ type: 'long', logicalType: … }` is `long`. */
function typeOf(schema: unknown): Type {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema as Type
  const { type } = schema as { type: unknown }
  return ['record', 'enum', 'array', 'map'].includes(type as string) ? (schema as Type) : typeOf(type)
}

function textOf(type: Type): string {
  if (typeof type === 'string') return type
  if (isUnion(type)) return type.map((branch) => textOf(typeOf(branch))).join(' | ')
  if (isKind(type, 'array')) return `array of ${textOf(typeOf(type.items))}`
  if (isKind(type, 'map')) return `map of ${textOf(typeOf(type.values))}`
  return `${type.type} ${fullName(type as Named)}`
}

type Kinds = { record: RecordType; enum: EnumType; array: ArrayType; map: MapType }

function isKind<K extends keyof Kinds>(type: Type, kind: K): type is Kinds[K] {
  return typeof type === 'object' && 'type' in type && type.type === kind
}

function isUnion(type: Type): type is readonly unknown[] {
  return Array.isArray(type)
}

function byName({ fields }: RecordType): Map<string, Field> {
  return new Map(fields.map((field) => [field.name, field]))
}

function hasDefault(field: Field): boolean {
  return field.default !== undefined
}

function hasAll(symbols: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((symbol) => symbols.includes(symbol))
}

function fullName({ name, namespace }: Named): string {
  return namespace ? `${namespace}.${name}` : name
}
