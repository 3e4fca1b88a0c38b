/**
 * Avro schemas as TypeScript literals, and the TypeScript type of their values.
 * Not for bytes: see avro-codec.ts. Source: Apache Avro 1.12 specification, "Schema Declaration".
 */

type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

/** The part of Avro's schema language that pipelines use. A `long` must stay within ±2^53. */
export type AvroType =
  | AvroPrimitive
  | { readonly type: 'long'; readonly logicalType: 'timestamp-millis' }
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[]; readonly doc?: string }
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'map'; readonly values: AvroType }
  | AvroRecordSchema
  | readonly AvroType[]

/** One field of a record schema. A field with a default can be added without breaking older readers. */
export type AvroField = {
  readonly name: string
  readonly type: AvroType
  readonly default?: unknown
  readonly doc?: string
  /** `['PII']` on personal data, which tools show only on request: see personal-data.ts. */
  readonly 'confluent:tags'?: readonly string[]
}

/** The schema of a record: what each topic's values have. Write it `as const`. */
export type AvroRecordSchema = {
  readonly type: 'record'
  readonly name: string
  readonly namespace?: string
  readonly doc?: string
  readonly fields: readonly AvroField[]
}

type PrimitiveValues = {
  null: null
  boolean: boolean
  int: number
  long: number
  float: number
  double: number
  bytes: Buffer
  string: string
}

/** The TypeScript type of a value of the schema `S`; of a schema that is not known at compile time, any fields. */
export type AvroValue<S> = AvroRecordSchema extends S
  ? { readonly [field: string]: unknown }
  : S extends AvroPrimitive
    ? PrimitiveValues[S]
    : S extends { readonly type: 'record'; readonly fields: infer Fields extends readonly AvroField[] }
      ? { readonly [F in Fields[number] as F['name']]: AvroValue<F['type']> }
      : S extends { readonly type: 'enum'; readonly symbols: readonly (infer Symbols)[] }
        ? Symbols
        : S extends { readonly type: 'array'; readonly items: infer Items }
          ? readonly AvroValue<Items>[]
          : S extends { readonly type: 'map'; readonly values: infer Values }
            ? { readonly [key: string]: AvroValue<Values> }
            : S extends { readonly type: infer Type extends AvroPrimitive }
              ? PrimitiveValues[Type]
              : S extends readonly (infer Branches)[]
                ? AvroValue<Branches>
                : never
