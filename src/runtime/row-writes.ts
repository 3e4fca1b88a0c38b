/**
 * From records to row writes: the rows that a pipeline derives, checked against their table, one write per row key.
 * Not for executing them: see table-writer.ts.
 */
import { SluiceError } from '../core/errors.ts'
import type { AnyTable } from '../core/pipeline.ts'
import { type AnyRow, keyColumns } from '../core/table.ts'
import { writeTimeMicros } from '../core/write-time.ts'
import type { IncomingRecord } from './incoming-record.ts'

/** One upsert: the values in the order of the table's columns, and the records that it settles. */
export type RowWrite = {
  readonly table: AnyTable
  readonly key: string
  readonly values: readonly unknown[]
  /** Microseconds since the epoch. */
  readonly writeTime: number
  /** About how many bytes the values take. */
  readonly bytes: number
  readonly records: readonly IncomingRecord[]
}

/** The writes of one record to one table. Fails with RECORD_INVALID when a row does not fit the table. */
export function rowWrites(table: AnyTable, record: IncomingRecord, rows: readonly AnyRow[]): RowWrite[] {
  const columns = Object.keys(table.columns)
  const writeTime = writeTimeMicros(record.timestamp, record.offset)
  return rows.map((row) => {
    checkRow(table, row)
    const values = columns.map((column) => row[column])
    return { table, key: rowKey(table, row), values, writeTime, bytes: byteSize(values), records: [record] }
  })
}

/**
 * Joins the writes to the same row, given in offset order, into one: the last value of each column that is set, at the
 * latest of their write times. So the last record of a batch wins whatever its offset is modulo 1000.
 */
export function joinByRow(writes: readonly RowWrite[]): RowWrite[] {
  const joined = new Map<string, RowWrite>()
  for (const write of writes) {
    const name = `${write.table.name} ${write.key}`
    const earlier = joined.get(name)
    joined.set(name, earlier ? join(earlier, write) : write)
  }
  return [...joined.values()]
}

function join(earlier: RowWrite, later: RowWrite): RowWrite {
  const values = later.values.map((value, index) => (value === undefined ? earlier.values[index] : value))
  return {
    ...later,
    values,
    writeTime: Math.max(earlier.writeTime, later.writeTime),
    bytes: byteSize(values),
    records: [...earlier.records, ...later.records],
  }
}

function checkRow(table: AnyTable, row: AnyRow): void {
  for (const column of Object.keys(row)) {
    if (!Object.hasOwn(table.columns, column)) {
      throw new SluiceError('RECORD_INVALID', `rows of table ${table.name} names "${column}", which is not a column`)
    }
  }
}

function rowKey(table: AnyTable, row: AnyRow): string {
  const values = keyColumns(table).map((column) => {
    const value = row[column]
    if (value !== null && value !== undefined && value !== '') return value
    throw new SluiceError('RECORD_INVALID', `a row of table ${table.name} has no value for key column "${column}"`)
  })
  return JSON.stringify(values)
}

function byteSize(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + valueBytes(value), 0)
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 4
  if (value instanceof Uint8Array) return value.length + 4
  if (Array.isArray(value)) return byteSize(value) + 4
  return 12
}
