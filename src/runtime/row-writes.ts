/**
 * From records to row writes: the rows that a pipeline derives, checked against their table, one write per row key.
 * Not for executing them: see table-writer.ts.
 */
import { SluiceError } from '../core/errors.ts'
import { firstPublished } from '../core/headers.ts'
import type { AnyTable } from '../core/pipeline.ts'
import { type AnyRow, keyColumns } from '../core/table.ts'
import { writeTimeMicros } from '../core/write-time.ts'
import type { IncomingRecord } from './incoming-record.ts'

/** One upsert: the values in the order of the table's columns, and the records that it settles. */
export type RowWrite = {
  readonly table: AnyTable
  /** Names the row, its table included. */
  readonly key: string
  readonly values: readonly unknown[]
  /** Microseconds since the epoch. */
  readonly writeTime: number
  /** What decides between writes to the same row: ms since the epoch, then the offset at which the record was first published. */
  readonly version: { readonly timestamp: number; readonly offset: number }
  /** About how many bytes the values take. */
  readonly bytes: number
  readonly records: readonly IncomingRecord[]
}

/** The writes of one record to one table. Fails with RECORD_INVALID when a row does not fit the table. */
export function rowWrites(table: AnyTable, record: IncomingRecord, rows: readonly AnyRow[]): RowWrite[] {
  const { columns, key } = namesOf(table)
  const version = { timestamp: record.timestamp, offset: firstPublished(record).offset }
  const writeTime = writeTimeMicros(version.timestamp, version.offset)
  return rows.map((row) => {
    checkRow(table, row)
    const values = columns.map((column) => row[column])
    return {
      table,
      key: rowKey(table, key, row),
      values,
      writeTime,
      version,
      bytes: byteSize(values),
      records: [record],
    }
  })
}

/**
 * Joins the writes to the same row into one: of each column the value of the latest version that sets it, at that
 * version's write time, or, where an older one of the batch has that or a later one (within a millisecond, across a
 * multiple of 1000 offsets), a microsecond after it. So the latest record of a batch wins whatever its offset is modulo
 * 1000, and wherever in the batch it stands, as a record that was tried again or redriven comes after younger ones; and
 * an older one that is brought again, alone, changes nothing.
 */
export function joinByRow(writes: readonly RowWrite[]): RowWrite[] {
  const ofRow = Map.groupBy(writes, ({ key }) => key)
  if (ofRow.size === writes.length) return [...writes]
  return [...ofRow.values()].map((ofOne) => join(ofOne.toSorted(byVersion)))
}

function byVersion({ version: a }: RowWrite, { version: b }: RowWrite): number {
  return a.timestamp - b.timestamp || a.offset - b.offset
}

/** Joins the writes to one row, of which there is one at least, oldest version first. */
function join(writes: readonly RowWrite[]): RowWrite {
  const latest = writes.at(-1) as RowWrite
  if (writes.length === 1) return latest
  const values = latest.values.map(
    (_, index) => writes.findLast((write) => write.values[index] !== undefined)?.values[index],
  )
  const older = writes.filter((write) => byVersion(write, latest) < 0).map(({ writeTime }) => writeTime)
  return {
    ...latest,
    values,
    writeTime: Math.max(latest.writeTime, ...older.map((time) => time + 1)),
    bytes: byteSize(values),
    records: writes.flatMap(({ records }) => records),
  }
}

type Names = {
  readonly columns: readonly string[]
  readonly key: readonly string[]
  /** Those that hold whole numbers. */
  readonly whole: readonly string[]
}

/** Derived once a table, not once a row. */
const names = new WeakMap<AnyTable, Names>()

function namesOf(table: AnyTable): Names {
  const known = names.get(table)
  if (known) return known
  const columns = Object.keys(table.columns)
  const whole = columns.filter((column) => wholeTypes.has(table.columns[column] ?? ''))
  const made = { columns, key: keyColumns(table), whole }
  names.set(table, made)
  return made
}

/** Of these the driver cuts off fractions, and makes the epoch of a time that is no number, without a word. */
const wholeTypes: ReadonlySet<string> = new Set(['int', 'bigint', 'timestamp', 'list<int>'])

/** Fails with RECORD_INVALID when a row names what is no column, or has a number that its column cannot hold. */
export function checkRow(table: AnyTable, row: AnyRow): void {
  for (const column of Object.keys(row)) {
    if (!Object.hasOwn(table.columns, column)) {
      throw new SluiceError('RECORD_INVALID', `rows of table ${table.name} names "${column}", which is not a column`)
    }
  }
  for (const column of namesOf(table).whole) {
    if (isWhole(row[column])) continue
    throw new SluiceError(
      'RECORD_INVALID',
      `a row of table ${table.name} has a number for column "${column}" that is not whole, as ${table.columns[column]} needs it: round it, or give it a column of double`,
    )
  }
}

function isWhole(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWhole)
  return typeof value !== 'number' || Number.isSafeInteger(value)
}

function rowKey(table: AnyTable, columns: readonly string[], row: AnyRow): string {
  for (const column of columns) {
    const value = row[column]
    if (value === null || value === undefined || value === '') {
      throw new SluiceError('RECORD_INVALID', `a row of table ${table.name} has no value for key column "${column}"`)
    }
  }
  const [first = ''] = columns
  const value = row[first]
  // The usual case, at a tenth of the cost.
  if (columns.length === 1 && typeof value === 'string') return `${table.name} ${value}`
  return `${table.name} ${JSON.stringify(columns.map((column) => row[column]))}`
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
