import { describe, expect, test } from 'vitest'
import {
  addColumn,
  createKeyspace,
  createTable,
  insert,
  selectByKey,
  selectPartition,
  selectWriteTimes,
  upsert,
} from '../../../src/core/cql.ts'
import type { Table } from '../../../src/core/table.ts'

const readings: Table = {
  name: 'readings',
  columns: { station: 'text', day: 'int', at: 'timestamp', value: 'double', tags: 'list<text>', raw: 'blob' },
  partitionKey: ['station', 'day'],
  clusteringColumns: ['at'],
  ttlSeconds: 3600,
}
const people: Table = {
  name: 'people',
  columns: { id: 'uuid', name: 'text' },
  partitionKey: ['id'],
  clusteringColumns: [],
  ttlSeconds: null,
}

describe('definition', () => {
  test('a keyspace has one replica', () => {
    expect(createKeyspace('k')).toBe(
      "CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}",
    )
  })

  test('a table is sorted as it asks', () => {
    const { tags: _, raw: __, ...columns } = readings.columns
    const sorted: Table = { ...readings, columns, clusteringColumns: ['at', 'value'], clusteringOrder: 'descending' }
    expect(createTable('k', sorted)).toBe(
      'CREATE TABLE IF NOT EXISTS k.readings (station text, day int, at timestamp, value double, PRIMARY KEY ((station, day), at, value)) WITH CLUSTERING ORDER BY (at DESC, value DESC) AND default_time_to_live = 3600',
    )
  })

  test('a table has columns in order, a compound key and its time to live', () => {
    expect(createTable('k', readings)).toBe(
      'CREATE TABLE IF NOT EXISTS k.readings (station text, day int, at timestamp, value double, tags list<text>, raw blob, PRIMARY KEY ((station, day), at)) WITH default_time_to_live = 3600',
    )
  })

  test('a table without clustering columns and time to live names neither', () => {
    expect(createTable('k', people)).toBe(
      'CREATE TABLE IF NOT EXISTS k.people (id uuid, name text, PRIMARY KEY ((id)))',
    )
  })

  test('a column is added with its type', () => {
    expect(addColumn('k', readings, 'value')).toBe('ALTER TABLE k.readings ADD value double')
  })
})

describe('statements', () => {
  test('an insert names all columns in order', () => {
    expect(insert('k', readings)).toBe(
      'INSERT INTO k.readings (station, day, at, value, tags, raw) VALUES (?, ?, ?, ?, ?, ?)',
    )
  })

  test('an upsert takes the write time behind the values', () => {
    expect(upsert('k', people)).toBe('INSERT INTO k.people (id, name) VALUES (?, ?) USING TIMESTAMP ?')
  })

  test('a row is read by its whole key, a partition by the partition key', () => {
    const select = 'SELECT station, day, at, value, tags, raw FROM k.readings WHERE station = ? AND day = ?'
    expect(selectByKey('k', readings)).toBe(`${select} AND at = ?`)
    expect(selectPartition('k', readings)).toBe(select)
  })

  test('write times are those of columns that are neither key nor collection', () => {
    expect(selectWriteTimes('k', readings)).toBe(
      'SELECT station, WRITETIME(value), WRITETIME(raw) FROM k.readings WHERE station = ? AND day = ? AND at = ?',
    )
  })
})
