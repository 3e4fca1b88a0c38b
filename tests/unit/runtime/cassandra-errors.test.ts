import { type Client, errors, types } from 'cassandra-driver'
import { expect, test } from 'vitest'
import type { AnyTable } from '../../../src/core/pipeline.ts'
import { writeError } from '../../../src/runtime/cassandra-errors.ts'
import { rowWrites } from '../../../src/runtime/row-writes.ts'
import { orders } from '../../fixtures/orders.ts'

const table = orders.tables[0] as AnyTable
const record = { topic: 'orders', partition: 0, offset: 1, timestamp: 1, key: null, value: null, headers: {} }
const writes = rowWrites(table, record, [{ id: 'a' }])
const unprepared = new errors.ResponseError(types.responseErrorCodes.unprepared, 'Prepared query not found')
const notPreparedAgain = new errors.NoHostAvailableError({ '127.0.0.1:9042': unprepared })

/** A client whose table has these columns. */
const having = (columns: readonly string[]) =>
  ({ execute: async () => ({ rows: columns.map((column_name) => ({ column_name })) }) }) as unknown as Client

test('a statement that cannot be prepared again means a mismatch where a column is missing', async () => {
  expect(await writeError(having(['id']), writes, notPreparedAgain)).toMatchObject({ code: 'TABLE_MISMATCH' })
})

test('it says nothing against the row: once the column is back, the write is to be tried again', async () => {
  const columns = Object.keys(table.columns)
  expect(await writeError(having(columns), writes, notPreparedAgain)).toMatchObject({
    code: 'CASSANDRA_UNAVAILABLE',
    retryable: true,
  })
})

test('a host that is away is no refusal', async () => {
  const away = new errors.NoHostAvailableError({ '127.0.0.1:9042': new Error('connection refused') })
  expect(await writeError(having([]), writes, away)).toMatchObject({ code: 'CASSANDRA_UNAVAILABLE' })
})
