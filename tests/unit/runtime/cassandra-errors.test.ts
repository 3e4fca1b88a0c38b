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

test.each([
  [-3 * 86_400_000, true],
  [-86_400_000, false],
  [0, false],
  [600_000, true],
])(
  'a row refused at a write time %i ms from now says whether Keyspaces takes such a time: not %s',
  async (ms, isOutside) => {
    const invalid = new errors.ResponseError(types.responseErrorCodes.invalid, 'canary')
    const at = rowWrites(table, { ...record, timestamp: Date.now() + ms }, [{ id: 'a' }])
    const error = await writeError(having(Object.keys(table.columns)), at, invalid)
    expect(error.code).toBe('RECORD_INVALID')
    expect(error.message.endsWith('whose write time is none that Keyspaces takes')).toBe(isOutside)
  },
)

test('a login without the permission to write is refused, and the row is to be tried again', async () => {
  const unauthorized = new errors.ResponseError(types.responseErrorCodes.unauthorized, 'canary')
  expect(await writeError(having([]), writes, unauthorized)).toMatchObject({
    code: 'CASSANDRA_REFUSED',
    retryable: true,
    message: expect.not.stringContaining('canary'),
  })
})
