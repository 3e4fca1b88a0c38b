import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import { selectColumns, selectKeyspacesTables, selectTables } from '../../../src/core/cql.ts'
import type { Table } from '../../../src/core/table.ts'
import { checkKeyspacesTables } from '../../../src/runtime/topology/keyspaces-check.ts'

const visits: Table = {
  name: 'visits',
  columns: { id: 'uuid', day: 'text', at: 'timestamp' },
  partitionKey: ['id'],
  clusteringColumns: ['day'],
  ttlSeconds: 3_600,
}
const timed = { client_side_timestamps: { status: 'enabled' } }
const active = { table_name: 'visits', status: 'ACTIVE', custom_properties: timed }
const present = { table_name: 'visits', default_time_to_live: 3_600 }
const columns = [
  { table_name: 'visits', column_name: 'id', kind: 'partition_key', position: 0, type: 'uuid' },
  { table_name: 'visits', column_name: 'day', kind: 'clustering', position: 0, type: 'text' },
  { table_name: 'visits', column_name: 'at', kind: 'regular', position: -1, type: 'timestamp' },
]

/** A Keyspaces that answers with these rows; the states of each turn, and the last ones from then on. */
function keyspaces(states: readonly object[][], tables: object[] = [present], all: object[] = columns): Client {
  const turns = [...states]
  const rowsOf = (query: string) => {
    if (query === selectTables) return tables
    if (query === selectColumns) return all
    expect(query).toBe(selectKeyspacesTables)
    return turns.length > 1 ? turns.shift() : turns[0]
  }
  return { execute: async (query: string) => ({ rows: rowsOf(query) }) } as unknown as Client
}

const check = (client: Client) =>
  checkKeyspacesTables(client, 'sluice', [visits], { deadlineMs: 200, intervalMs: 1 }).then(() => 'fits')

test('a table that is there, active and as wanted fits', async () => {
  expect(await check(keyspaces([[active]]))).toBe('fits')
})

test('a table that is being made or changed is waited for', async () => {
  const states = ['CREATING', 'UPDATING', 'ACTIVE'].map((status) => [{ ...active, status }])
  expect(await check(keyspaces(states))).toBe('fits')
})

test('one that does not become active is named', async () => {
  await expect(check(keyspaces([[{ ...active, status: 'CREATING' }]]))).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining('table visits is CREATING'),
  })
})

test('tables of others are not waited for', async () => {
  expect(await check(keyspaces([[active, { table_name: 'other', status: 'DELETING' }]]))).toBe('fits')
})

test.each<[string, Client, string]>([
  ['is absent', keyspaces([[]]), 'does not exist'],
  ['takes no times of ours', keyspaces([[{ ...active, custom_properties: {} }]]), 'client-side timestamps'],
  ['says nothing of times', keyspaces([[{ ...active, custom_properties: null }]]), 'client-side timestamps'],
  [
    'has them turned off',
    keyspaces([[{ ...active, custom_properties: { client_side_timestamps: { status: 'disabled' } } }]]),
    'client-side timestamps',
  ],
  ['lacks a column', keyspaces([[active]], [present], columns.slice(0, 2)), 'ADD at timestamp'],
  ['keeps rows for another time', keyspaces([[active]], [{ ...present, default_time_to_live: 0 }]), '3600'],
  [
    'has a column of another type',
    keyspaces([[active]], [present], [...columns.slice(0, 2), { ...columns[2], type: 'text' }]),
    'has type text',
  ],
  [
    'has another key',
    keyspaces([[active]], [present], [columns[0], { ...columns[1], kind: 'regular' }, columns[2]] as object[]),
    'primary key',
  ],
])('a table that %s is TABLE_MISMATCH', async (_, client, says) => {
  await expect(check(client)).rejects.toMatchObject({ code: 'TABLE_MISMATCH', message: expect.stringContaining(says) })
})
