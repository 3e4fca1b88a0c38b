import { type Client, errors, types } from 'cassandra-driver'
import { expect, test } from 'vitest'
import { selectKeyspacesTables } from '../../../src/core/cql.ts'
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

const invalid = new errors.ResponseError(types.responseErrorCodes.invalid, 'canary')

/** A client whose tables fit; what it says of Keyspaces' own tables is an answer, or an error. */
const saying = (ofKeyspaces: object[] | Error) =>
  ({
    execute: async (query: string) => {
      if (query !== selectKeyspacesTables)
        return { rows: Object.keys(table.columns).map((column_name) => ({ column_name })) }
      if (ofKeyspaces instanceof Error) throw ofKeyspaces
      return { rows: ofKeyspaces }
    },
  }) as unknown as Client
const timed = (status: string) => ({
  table_name: table.name,
  status: 'ACTIVE',
  custom_properties: { client_side_timestamps: { status } },
})
const writesAt = (fromNowMs: number) =>
  rowWrites(table, { ...record, timestamp: Date.now() + fromNowMs }, [{ id: 'a' }])

test.each([
  [-3 * 86_400_000, true],
  [-86_400_000, false],
  [0, false],
  [600_000, true],
])('of Keyspaces, a row refused at %i ms from now is so for its write time: %s', async (ms, isOutside) => {
  const error = await writeError(saying([timed('enabled')]), writesAt(ms), invalid)
  expect(error).toMatchObject({ code: 'RECORD_INVALID', retryable: false })
  expect(error.message.includes('from 2 days ago until 5 minutes ahead')).toBe(isOutside)
})

test('of Keyspaces, a table without client-side timestamps is a mismatch, and no fault of the record', async () => {
  expect(await writeError(saying([timed('disabled')]), writesAt(0), invalid)).toMatchObject({
    code: 'TABLE_MISMATCH',
    message: expect.stringContaining('client-side timestamps'),
  })
})

test('Cassandra, which has no such tables, takes any write time', async () => {
  const error = await writeError(saying(invalid), writesAt(-3 * 86_400_000), invalid)
  expect(error).toMatchObject({ code: 'RECORD_INVALID', message: expect.stringMatching(/^Cassandra refuses the row/) })
})

test('where it cannot be found out, the row is to be tried again', async () => {
  expect(await writeError(saying(new Error('gone')), writesAt(0), invalid)).toMatchObject({
    code: 'CASSANDRA_UNAVAILABLE',
  })
})

test('a login without the permission to write is refused, and the row is to be tried again', async () => {
  const unauthorized = new errors.ResponseError(types.responseErrorCodes.unauthorized, 'canary')
  expect(await writeError(having([]), writes, unauthorized)).toMatchObject({
    code: 'CASSANDRA_REFUSED',
    retryable: true,
    message: expect.not.stringContaining('canary'),
  })
})
