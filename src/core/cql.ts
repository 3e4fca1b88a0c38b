/**
 * CQL text rendered from tables. DML runs on Cassandra 5 and on Amazon Keyspaces alike; DDL is Cassandra's.
 * Not for executing it: see src/connect/cassandra.ts.
 */
import { keyColumns, type Table } from './table.ts'

/** DDL of a keyspace on one data center with one replica. */
export function createKeyspace(keyspace: string): string {
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}`
}

/** DDL of a table. */
export function createTable(keyspace: string, table: Table): string {
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`)
  const clustering = table.clusteringColumns.map((column) => `, ${column}`).join('')
  const ttl = table.ttlSeconds === null ? '' : ` WITH default_time_to_live = ${table.ttlSeconds}`
  return `CREATE TABLE IF NOT EXISTS ${keyspace}.${table.name} (${columns.join(', ')}, PRIMARY KEY ((${table.partitionKey.join(', ')})${clustering}))${ttl}`
}

/** DDL that adds one column. */
export function addColumn(keyspace: string, table: Table, column: string): string {
  return `ALTER TABLE ${keyspace}.${table.name} ADD ${column} ${table.columns[column]}`
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

/** A read of one row by its whole key. */
export function selectByKey(keyspace: string, table: Table): string {
  const key = keyColumns(table).map((column) => `${column} = ?`)
  return `SELECT ${Object.keys(table.columns).join(', ')} FROM ${keyspace}.${table.name} WHERE ${key.join(' AND ')}`
}

/** A read of all rows of one partition. */
export function selectPartition(keyspace: string, table: Table): string {
  const key = table.partitionKey.map((column) => `${column} = ?`)
  return `SELECT ${Object.keys(table.columns).join(', ')} FROM ${keyspace}.${table.name} WHERE ${key.join(' AND ')}`
}

/**
 * The write times in microseconds of the scalar regular columns of one row, by its whole key; null where a cell has no
 * value. The first column is the first key column.
 */
export function selectWriteTimes(keyspace: string, table: Table): string {
  const key = keyColumns(table)
  const times = timedColumns(table).map((column) => `WRITETIME(${column})`)
  return `SELECT ${[key[0], ...times].join(', ')} FROM ${keyspace}.${table.name} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`
}

/** The scalar regular columns of a table, which have one write time each. */
export function timedColumns(table: Table): string[] {
  const key = keyColumns(table)
  return Object.keys(table.columns).filter(
    (column) => !key.includes(column) && !table.columns[column]?.startsWith('list'),
  )
}
