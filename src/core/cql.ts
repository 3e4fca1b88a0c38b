/**
 * Every CQL statement of the app. DML runs on Cassandra 5 and on Amazon Keyspaces alike, which a test of each statement
 * holds to; DDL is Cassandra's, as on AWS the tables are CloudFormation's.
 * Not for executing it: see src/connect/cassandra.ts.
 */
import type { Login } from './endpoints.ts'
import { keyColumns, type Table } from './table.ts'

/** DDL of a keyspace on one data center with one replica. */
export function createKeyspace(keyspace: string): string {
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}`
}

/** DDL of a table. */
export function createTable(keyspace: string, table: Table): string {
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`)
  const clustering = table.clusteringColumns.map((column) => `, ${column}`).join('')
  const descending = table.clusteringColumns.map((column) => `${column} DESC`)
  const options = [
    ...(table.clusteringOrder === 'descending' ? [`CLUSTERING ORDER BY (${descending.join(', ')})`] : []),
    ...(table.ttlSeconds === null ? [] : [`default_time_to_live = ${table.ttlSeconds}`]),
    ...(table.graceSeconds === undefined ? [] : [`gc_grace_seconds = ${table.graceSeconds}`]),
  ]
  const suffix = options.length === 0 ? '' : ` WITH ${options.join(' AND ')}`
  return `CREATE TABLE IF NOT EXISTS ${keyspace}.${table.name} (${columns.join(', ')}, PRIMARY KEY ((${table.partitionKey.join(', ')})${clustering}))${suffix}`
}

/** DDL that adds one column. */
export function addColumn(keyspace: string, table: Table, column: string): string {
  return `ALTER TABLE ${keyspace}.${table.name} ADD ${column} ${table.columns[column]}`
}

/** DDL that sets, or takes away, a table's time to live. */
export function setTimeToLive(keyspace: string, { name, ttlSeconds }: Table): string {
  return `ALTER TABLE ${keyspace}.${name} WITH default_time_to_live = ${ttlSeconds ?? 0}`
}

/** DDL of a role that may do everything. The login is text that needs no quoting. */
export function createSuperuser({ username, password }: Login): string {
  return `CREATE ROLE IF NOT EXISTS ${username} WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = '${password}'`
}

/** DDL that removes a role. */
export function dropRole(username: string): string {
  return `DROP ROLE IF EXISTS ${username}`
}

/** An upsert of all columns in the order of the definition, then the write time in microseconds. */
export function upsert(keyspace: string, table: Table): string {
  return `${insert(keyspace, table)} USING TIMESTAMP ?`
}

/** An insert of all columns in the order of the definition, with the coordinator's write time. */
export function insert(keyspace: string, table: Table): string {
  const columns = Object.keys(table.columns)
  return `INSERT INTO ${keyspace}.${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** An insert that changes nothing where a row of that key is. With a condition there is no write time of one's own. */
export function insertNew(keyspace: string, table: Table): string {
  return `${insert(keyspace, table)} IF NOT EXISTS`
}

/**
 * A change of a row that still holds what was read: new values of the regular columns, the key, and then the values
 * expected of the same columns.
 */
export function replace(keyspace: string, table: Table): string {
  const key = keyColumns(table)
  const columns = Object.keys(table.columns).filter((column) => !key.includes(column))
  const changes = columns.map((column) => `${column} = ?`).join(', ')
  return `UPDATE ${keyspace}.${table.name} SET ${changes} WHERE ${equal(key)} IF ${equal(columns)}`
}

/** Takes a row away, by its whole key. */
export function deleteByKey(keyspace: string, table: Table): string {
  return `DELETE FROM ${keyspace}.${table.name} WHERE ${equal(keyColumns(table))}`
}

/** A read of one row by its whole key. */
export function selectByKey(keyspace: string, table: Table): string {
  return `${selectAll(keyspace, table)} WHERE ${equal(keyColumns(table))}`
}

/** A read of all rows of one partition. */
export function selectPartition(keyspace: string, table: Table): string {
  return `${selectAll(keyspace, table)} WHERE ${equal(table.partitionKey)}`
}

/** A read of the last rows of one partition, last first; of a table with clustering columns. */
export function selectLast(keyspace: string, table: Table, count: number): string {
  const order = table.clusteringColumns.map((column) => `${column} DESC`)
  return `${selectPartition(keyspace, table)} ORDER BY ${order.join(', ')} LIMIT ${count}`
}

/** A read of the rows of one partition whose first clustering column is from one value up to, not including, another. */
export function selectRange(keyspace: string, table: Table): string {
  const [column] = table.clusteringColumns
  return `${selectPartition(keyspace, table)} AND ${column} >= ? AND ${column} < ?`
}

/** A read of so many rows, whichever they are. */
export function selectSome(keyspace: string, table: Table, count: number): string {
  return `${selectAll(keyspace, table)} LIMIT ${count}`
}

/**
 * The write times in microseconds of the scalar regular columns of one row, by its whole key; null where a cell has no
 * value. The first column is the first key column.
 */
export function selectWriteTimes(keyspace: string, table: Table): string {
  const key = keyColumns(table)
  const times = timedColumns(table).map((column) => `WRITETIME(${column})`)
  return `SELECT ${[key[0], ...times].join(', ')} FROM ${keyspace}.${table.name} WHERE ${equal(key)}`
}

/** A read of the node's own row: its version, and whether it has joined. */
export const selectNode = 'SELECT release_version, bootstrapped FROM system.local'

/** A read that has one row where the keyspace in its only parameter exists. */
export const selectKeyspace = 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?'

/** A read of the tables of a keyspace. */
export const selectTables = 'SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?'

/** A read of the columns of all tables of a keyspace. */
export const selectColumns =
  'SELECT table_name, column_name, kind, position, type, clustering_order FROM system_schema.columns WHERE keyspace_name = ?'

/** A read of the columns' names of one table, by keyspace and table. */
export const selectColumnsOfTable =
  'SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?'

/** A read of what only Keyspaces says of the tables of a keyspace: their state and settings. Cassandra has no such table. */
export const selectKeyspacesTables =
  'SELECT table_name, status, custom_properties FROM system_schema_mcs.tables WHERE keyspace_name = ?'

/** The scalar regular columns of a table, which have one write time each. */
export function timedColumns(table: Table): string[] {
  const key = keyColumns(table)
  return Object.keys(table.columns).filter(
    (column) => !key.includes(column) && !table.columns[column]?.startsWith('list'),
  )
}

/** A read of all rows. */
export function selectAll(keyspace: string, table: Table): string {
  return `SELECT ${Object.keys(table.columns).join(', ')} FROM ${keyspace}.${table.name}`
}

function equal(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ?`).join(' AND ')
}
