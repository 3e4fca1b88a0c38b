/**
 * What src/connect/cassandra.ts and the table writer owe, against a real Cassandra.
 */
import { randomUUID } from 'node:crypto'
import { type Client, types } from 'cassandra-driver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCassandra, openCassandra } from '../../../src/connect/cassandra.ts'
import { writeBatchesWhole } from '../../../src/connect/cassandra-batch.ts'
import { createKeyspace, createTable, selectByKey, selectKeyspace, selectWriteTimes } from '../../../src/core/cql.ts'
import type { CassandraEndpoint } from '../../../src/core/endpoints.ts'
import { keyspace } from '../../../src/core/names.ts'
import type { AnyTable } from '../../../src/core/pipeline.ts'
import type { AnyRow } from '../../../src/core/table.ts'
import type { IncomingRecord } from '../../../src/runtime/incoming-record.ts'
import { rowWrites } from '../../../src/runtime/row-writes.ts'
import { executeWrites } from '../../../src/runtime/table-writer.ts'
import { appStatements, appTables } from '../../fixtures/statements.ts'

/** What the driver prepares with; its public methods execute at once. */
type Preparing = { prepareOnceAsync(statement: string, keyspace: string | null): Promise<unknown> }

const samples: AnyTable = {
  name: 'contract_samples',
  columns: {
    id: 'uuid',
    place: 'text',
    count: 'int',
    total: 'bigint',
    ratio: 'double',
    is_new: 'boolean',
    at: 'timestamp',
    raw: 'blob',
    tags: 'list<text>',
  },
  partitionKey: ['id'],
  clusteringColumns: ['place'],
  ttlSeconds: null,
  rows: () => [],
}
const now = Date.now()

const recordAt = (timestamp: number, offset = 0): IncomingRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: {},
})
const writesOf = (rows: readonly AnyRow[], timestamp = now, offset = 0, table = samples) =>
  rows.flatMap((row) => rowWrites(table, recordAt(timestamp, offset), [row]))
const sample = (change: AnyRow = {}): AnyRow => ({
  id: randomUUID(),
  place: "L'Aquila 東京",
  count: -2_147_483_648,
  total: 9_007_199_254_740_990,
  ratio: 0.1,
  is_new: false,
  at: 1_700_000_000_123,
  raw: Buffer.from([0, 255]),
  tags: ['x', '', 'ÿ'],
  ...change,
})

/** Tests of the connection and of writing rows. */
export function cassandraContract(endpoint: () => CassandraEndpoint): void {
  let client: Client
  beforeAll(async () => {
    client = connectCassandra(endpoint())
    // As the write stage has it.
    writeBatchesWhole(client)
    await client.connect()
    for (const statement of [createKeyspace(keyspace), createTable(keyspace, samples)]) {
      await client.execute(statement, [], { prepare: false })
    }
  })
  afterAll(() => client.shutdown())

  const find = async ({ id, place }: AnyRow) =>
    (await client.execute(selectByKey(keyspace, samples), [id, place])).first()

  test('a wrong password is refused', async () => {
    const cassandra = endpoint()
    const stranger = openCassandra({ ...cassandra, login: { ...cassandra.login, password: 'wrong' } })
    await expect(stranger).rejects.toMatchObject({ code: 'CASSANDRA_REFUSED', retryable: true })
  })

  test('reads and writes are at LOCAL_QUORUM', async () => {
    const { info } = await client.execute(selectKeyspace, [keyspace])
    expect(info.achievedConsistency).toBe(types.consistencies.localQuorum)
  })

  test('every statement of the app can be prepared, but for the one about tables that only Keyspaces has', async () => {
    for (const table of appTables) await client.execute(createTable(keyspace, table), [], { prepare: false })
    const { connection } = (client as unknown as { controlConnection: { connection: Preparing } }).controlConnection
    const refused: string[] = []
    for (const { of, statement } of appStatements()) {
      await connection.prepareOnceAsync(statement, null).catch(() => refused.push(of))
    }
    expect(refused).toEqual(['selectKeyspacesTables'])
  })

  test('a value of every type comes back as it was', async () => {
    const row = sample()
    expect(await executeWrites(client, writesOf([row]))).toEqual([])
    const found = await find(row)
    expect({ ...found, id: String(found?.id), total: Number(found?.total), at: Number(found?.at) }).toEqual(row)
  })

  test('many rows, in batches and alone, are all there', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      sample({ place: `place ${index}`, raw: Buffer.alloc(index % 7 === 0 ? 9_000 : 10) }),
    )
    expect(await executeWrites(client, writesOf(rows))).toEqual([])
    const found = await Promise.all(rows.map(find))
    expect(found.filter((row) => row === null)).toEqual([])
  })

  test('a row larger than a batch may be is written', async () => {
    const row = sample({ raw: Buffer.alloc(200_000, 7) })
    expect(await executeWrites(client, writesOf([row, sample()]))).toEqual([])
    expect((await find(row))?.raw).toHaveLength(200_000)
  })

  test('undefined leaves the cell as it is, null clears it', async () => {
    const row = sample()
    await executeWrites(client, writesOf([row]))
    await executeWrites(client, writesOf([{ ...row, count: undefined, total: null, tags: null }], now + 1))
    expect(await find(row)).toMatchObject({ count: row.count, total: null, tags: null })
  })

  test('the newer record wins, whichever comes last, and writing again changes nothing', async () => {
    const row = sample()
    const [older, newer] = [writesOf([{ ...row, count: 1 }], now, 998), writesOf([{ ...row, count: 2 }], now, 999)]
    for (const writes of [newer, older, newer, older]) await executeWrites(client, writes)
    expect(await find(row)).toMatchObject({ count: 2 })
    const times = (await client.execute(selectWriteTimes(keyspace, samples), [row.id, row.place]))
      .first()
      ?.values()
      .slice(1)
    expect(new Set(times?.map(Number))).toEqual(new Set([now * 1000 + 999]))
  })

  describe('of rows that cannot be written', () => {
    test.each([
      ['an id that is no UUID', { id: 'not-a-uuid' }],
      ['a number out of range', { count: 2 ** 31 }],
      ['a key that is too long', { place: 'x'.repeat(70_000) }],
    ])('%s is refused alone, as RECORD_INVALID', async (_, change) => {
      const [before, after] = [sample(), sample()]
      const failed = await executeWrites(client, writesOf([before, sample(change), after]))
      expect(failed.map(({ error }) => [error.code, error.retryable])).toEqual([['RECORD_INVALID', false]])
      for (const row of [before, after]) expect(await find(row)).not.toBeNull()
    })

    test.each([
      ['a table that is not there', { ...samples, name: 'contract_none' }, 'does not exist'],
      [
        'a column that is not there',
        { ...samples, columns: { ...samples.columns, extra: 'text' } },
        'has no column extra',
      ],
    ] as [string, AnyTable, string][])(
      '%s is TABLE_MISMATCH, which passes with a deploy',
      async (_, table, sentence) => {
        const failed = await executeWrites(client, writesOf([sample(), sample()], now, 0, table))
        expect(failed).toHaveLength(2)
        for (const { error } of failed) {
          expect(error).toMatchObject({
            code: 'TABLE_MISMATCH',
            retryable: true,
            message: expect.stringContaining(sentence),
          })
        }
      },
    )

    test('a client that lost its Cassandra is CASSANDRA_UNAVAILABLE', async () => {
      const gone = connectCassandra(endpoint())
      await gone.connect()
      await gone.shutdown()
      const failed = await executeWrites(gone, writesOf([sample(), sample()]))
      expect(failed.map(({ error }) => error.code)).toEqual(['CASSANDRA_UNAVAILABLE', 'CASSANDRA_UNAVAILABLE'])
    })
  })
}
