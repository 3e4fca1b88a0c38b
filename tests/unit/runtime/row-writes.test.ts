import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnyTable } from '../../../src/core/pipeline.ts'
import type { AnyRow } from '../../../src/core/table.ts'
import { writeTimeMicros } from '../../../src/core/write-time.ts'
import type { IncomingRecord } from '../../../src/runtime/incoming-record.ts'
import { joinByRow, type RowWrite, rowWrites } from '../../../src/runtime/row-writes.ts'
import { batchesOf } from '../../../src/runtime/table-writer.ts'

const table: AnyTable = {
  name: 'readings',
  columns: { station: 'text', at: 'timestamp', value: 'double', note: 'text' },
  partitionKey: ['station'],
  clusteringColumns: ['at'],
  ttlSeconds: null,
  rows: () => [],
}
const other: AnyTable = { ...table, name: 'others' }
const row = { station: 's', at: 1, value: 2, note: 'n' }

const record = (offset: number, timestamp = 10): IncomingRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: {},
})
const writesOf = (offset: number, rows: readonly AnyRow[], timestamp?: number, into = table) =>
  rowWrites(into, record(offset, timestamp), rows)

describe('the writes of a record', () => {
  test('have the values in the order of the columns and the write time of the record', () => {
    const [write] = writesOf(1_234, [{ note: null, value: undefined, at: 1, station: 's' }])
    expect(write).toMatchObject({ table, values: ['s', 1, undefined, null], writeTime: 10_234 })
    expect(write?.records.map(({ offset }) => offset)).toEqual([1_234])
  })

  test('are as many as the rows', () => {
    expect(writesOf(0, [])).toEqual([])
    expect(writesOf(0, [row, { ...row, at: 2 }])).toHaveLength(2)
  })

  test.each([null, undefined, ''])('a key column that is %s is refused by name', (at) => {
    expect(() => writesOf(0, [{ ...row, at }])).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        message: 'a row of table readings has no value for key column "at"',
      }),
    )
  })

  test('a name that is no column is refused, one that every object has included', () => {
    expect(() => writesOf(0, [{ ...row, mood: 'secret' }])).toThrow('rows of table readings names "mood"')
    expect(() => writesOf(0, [{ ...row, toString: 1 }])).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
  })

  test.each<[AnyTable['columns'][string], unknown]>([
    ['int', 42.5],
    ['bigint', 1e300],
    ['timestamp', Number.NaN],
    ['list<int>', [1, 2.5]],
  ])('a %s of %j, of which the driver would write another number, is refused', (type, value) => {
    const counted: AnyTable = { ...table, name: 'counted', columns: { ...table.columns, value: type } }
    expect(() => writesOf(0, [{ ...row, value }], 10, counted)).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        message: `a row of table counted has a number for column "value" that is not whole, as ${type} needs it: round it, or give it a column of double`,
      }),
    )
    for (const whole of [null, undefined, 42]) {
      expect(writesOf(0, [{ ...row, value: whole }], 10, counted)).toHaveLength(1)
    }
  })

  test('0 and false are values of a key', () => {
    expect(writesOf(0, [{ ...row, at: 0 }])).toHaveLength(1)
    expect(writesOf(0, [{ ...row, at: false }])).toHaveLength(1)
  })
})

describe('joining by row', () => {
  test('the last record wins, also where its offset begins a new thousand', () => {
    const [joined, ...rest] = joinByRow([...writesOf(999, [row]), ...writesOf(1_000, [{ ...row, note: 'later' }])])
    expect(rest).toEqual([])
    expect(joined).toMatchObject({ values: ['s', 1, 2, 'later'], writeTime: writeTimeMicros(10, 999) + 1 })
    expect(joined?.records.map(({ offset }) => offset)).toEqual([999, 1_000])
  })

  test('an older record that comes later in the batch does not win, but gives what the younger leaves unset', () => {
    const younger = writesOf(1, [{ ...row, note: 'young', value: undefined }], 11)
    const older = writesOf(2, [{ ...row, note: 'old', value: 7 }], 10)
    const [joined] = joinByRow([...younger, ...older])
    expect(joined).toMatchObject({ values: ['s', 1, 7, 'young'], writeTime: writeTimeMicros(11, 1) })
  })

  test('a redriven or processed record counts with the offset at which it was first published', () => {
    const headers = { 'sluice-origin': [Buffer.from('orders/0/5')] }
    const again = rowWrites(table, { ...record(70), headers }, [{ ...row, note: 'first' }])
    expect(again[0]).toMatchObject({ writeTime: writeTimeMicros(10, 5), version: { timestamp: 10, offset: 5 } })
    const [joined] = joinByRow([...writesOf(6, [{ ...row, note: 'second' }]), ...again])
    expect(joined).toMatchObject({ values: ['s', 1, 2, 'second'], writeTime: writeTimeMicros(10, 6) })
  })

  test('a column that the later record leaves unset keeps the earlier value; null replaces it', () => {
    const later = { ...row, value: undefined, note: null }
    const [joined] = joinByRow([...writesOf(1, [row]), ...writesOf(2, [later])])
    expect(joined?.values).toEqual(['s', 1, 2, null])
  })

  test('rows of another key or table stay apart', () => {
    const writes = [...writesOf(1, [row]), ...writesOf(2, [{ ...row, at: 2 }]), ...writesOf(3, [row], 10, other)]
    expect(joinByRow(writes)).toEqual(writes)
  })

  test('keys of several columns are not confused by what is in them', () => {
    const keyed: AnyTable = {
      ...table,
      columns: { a: 'text', b: 'text', c: 'text' },
      partitionKey: ['a', 'b'],
      clusteringColumns: [],
    }
    const rows = [
      { a: 'x","y', b: 'z', c: '1' },
      { a: 'x', b: 'y","z', c: '2' },
    ]
    expect(joinByRow(writesOf(1, rows, 10, keyed))).toHaveLength(2)
  })

  test('a record that is there twice gets no other write time by it, so that it never overtakes the next', () => {
    const [joined] = joinByRow([...writesOf(5, [row]), ...writesOf(5, [row])])
    expect(joined).toMatchObject({ writeTime: writeTimeMicros(10, 5) })
    expect(joined?.records).toHaveLength(2)
  })

  test('each key keeps the values of its last record, no older one brought again wins, and no record is lost', () => {
    const step = fc.record({ at: fc.integer({ min: 1, max: 3 }), note: fc.string(), later: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.nat(2_000), (steps, firstOffset) => {
        let time = 10
        const writes = steps.flatMap(({ at, note, later }, index) => {
          time += later
          return writesOf(firstOffset + index, [{ ...row, at, note }], time)
        })
        const joined = joinByRow(writes)
        for (const { key, values, writeTime, records } of joined) {
          const same = writes.filter((write) => write.key === key)
          expect(values).toEqual(same.at(-1)?.values)
          const [last, ...older] = same.map((write) => write.writeTime).reverse()
          expect(writeTime).toBe(Math.max(last ?? 0, ...older.map((time) => time + 1)))
          if (last === writeTime) expect(Math.max(0, ...older)).toBeLessThan(writeTime)
          expect(records).toEqual(same.flatMap((write) => write.records))
        }
        expect(joined.flatMap(({ records }) => records)).toHaveLength(writes.length)
      }),
    )
  })
})

describe('batches', () => {
  const sized = (bytes: number): RowWrite => ({
    table,
    key: '',
    values: [],
    writeTime: 0,
    version: { timestamp: 0, offset: 0 },
    bytes,
    records: [],
  })

  test('hold 30 writes and 25 KiB at most, all writes in order, and no two of them would fit into one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }).map(sized), { maxLength: 100 }), (writes) => {
        const batches = batchesOf(writes)
        expect(batches.flat()).toEqual(writes)
        const size = (batch: readonly RowWrite[]) => batch.reduce((sum, { bytes }) => sum + bytes, 0)
        for (const [index, batch] of batches.entries()) {
          expect(batch.length).toBeGreaterThan(0)
          expect(batch.length).toBeLessThanOrEqual(30)
          if (batch.length > 1) expect(size(batch)).toBeLessThanOrEqual(25 * 1024)
          const next = batches[index + 1]?.[0]
          if (next) expect(batch.length === 30 || size(batch) + next.bytes > 25 * 1024).toBe(true)
        }
      }),
    )
  })

  test('the size of text is that of its bytes', () => {
    const [short] = writesOf(0, [{ ...row, note: '' }])
    const [long] = writesOf(0, [{ ...row, note: '東'.repeat(100) }])
    expect((long?.bytes ?? 0) - (short?.bytes ?? 0)).toBe(300)
  })
})
