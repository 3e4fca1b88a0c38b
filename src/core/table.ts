/**
 * Tables as data: columns, keys, and the TypeScript type of their rows.
 * Not for statements: see cql.ts.
 */

/** The TypeScript type of each CQL type that a column may have. */
export type CqlTypes = {
  text: string
  uuid: string
  int: number
  bigint: number
  double: number
  boolean: boolean
  /** Milliseconds since the epoch. */
  timestamp: number
  blob: Buffer
  'list<text>': readonly string[]
  'list<int>': readonly number[]
}

/** A CQL type that a column may have. */
export type CqlType = keyof CqlTypes

/** Whether values of a type are numbers of something. */
export function isNumber(type: CqlType): boolean {
  return type === 'int' || type === 'bigint' || type === 'double'
}

/** Columns by name. */
export type Columns = Readonly<Record<string, CqlType>>

/** The keys of a table: non-empty partition key, then clustering columns. */
export type PrimaryKey<C extends Columns> = {
  readonly partitionKey: readonly [keyof C & string, ...(keyof C & string)[]]
  readonly clusteringColumns: readonly (keyof C & string)[]
  /** How rows of a partition are sorted by all clustering columns, and read unless a query says otherwise; ascending unless given. */
  readonly clusteringOrder?: 'ascending' | 'descending'
}

/** A table of the keyspace. */
export type Table<C extends Columns = Columns> = PrimaryKey<C> & {
  readonly name: string
  readonly columns: C
  /** Rows vanish so many seconds after their write time; null keeps them. */
  readonly ttlSeconds: number | null
  /** How long Cassandra remembers that a row was deleted, in seconds: ten days unless given. Keyspaces sees to that itself. */
  readonly graceSeconds?: number
}

/** A row: every column is named. `null` is written on purpose; `undefined` leaves the cell unset. Keys have a value. */
export type Row<C extends Columns, Key extends keyof C = never> = {
  readonly [K in keyof C]: K extends Key ? CqlTypes[C[K]] : CqlTypes[C[K]] | null | undefined
}

/** A row whose columns are not known at compile time. */
export type AnyRow = Readonly<Record<string, unknown>>

/** All key columns of a table, in order. */
export function keyColumns(table: Table): readonly string[] {
  return [...table.partitionKey, ...table.clusteringColumns]
}
