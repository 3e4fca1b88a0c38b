/**
 * Whether the rows that a record becomes are in their tables.
 */
import { type Client, concurrent } from 'cassandra-driver'
import { cassandraError } from '../../connect/cassandra-error.ts'
import type { TopicRecord } from '../../connect/kafka-reader.ts'
import type { AvroRecord } from '../../core/avro-codec.ts'
import { selectWriteTimes, timedColumns } from '../../core/cql.ts'
import { firstPublished } from '../../core/headers.ts'
import { keyspace } from '../../core/names.ts'
import type { AnyTable, Pipeline } from '../../core/pipeline.ts'
import { type AnyRow, keyColumns } from '../../core/table.ts'
import { writeTimeMicros } from '../../core/write-time.ts'

/** A record on the topic that the writer reads, with its value decoded. */
export type Decoded = { readonly record: TopicRecord; readonly value: AvroRecord }

/** How many rows a record becomes, and whether each is present, complete and at least as new as the record. */
export type RowCheck = { readonly rows: number; readonly present: boolean }

type Lookup = { readonly table: AnyTable; readonly index: number; readonly values: AnyRow; readonly atLeast: number }

/** Checks the rows of many records, in their order; reads 64 rows at once. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED. */
export async function checkRows(client: Client, pipeline: Pipeline, decoded: readonly Decoded[]): Promise<RowCheck[]> {
  const lookups = decoded.flatMap((each, index) => lookupsOf(pipeline, each, index))
  const absent = new Set<number>()
  for (const table of pipeline.tables) {
    const ofTable = lookups.filter((lookup) => lookup.table === table)
    for (const [at, isPresent] of (await arePresent(client, table, ofTable)).entries()) {
      if (!isPresent) absent.add(ofTable[at]?.index ?? -1)
    }
  }
  const counts = new Map<number, number>()
  for (const { index } of lookups) counts.set(index, (counts.get(index) ?? 0) + 1)
  return decoded.map((_, index) => ({
    rows: counts.get(index) ?? 0,
    present: !absent.has(index),
  }))
}

function lookupsOf(pipeline: Pipeline, { record, value }: Decoded, index: number): Lookup[] {
  const atLeast = writeTimeMicros(record.timestamp, firstPublished(record).offset)
  return pipeline.tables.flatMap((table) => table.rows(value).map((values) => ({ table, index, values, atLeast })))
}

async function arePresent(client: Client, table: AnyTable, lookups: readonly Lookup[]): Promise<boolean[]> {
  if (lookups.length === 0) return []
  const query = selectWriteTimes(keyspace, table)
  const keys = lookups.map(({ values }) => keyColumns(table).map((column) => values[column]))
  const options = { concurrencyLevel: 64, collectResults: true, raiseOnFirstError: true }
  const { resultItems } = await concurrent.executeConcurrent(client, query, keys, options).catch((cause) => {
    throw cassandraError(`Cassandra did not answer for rows of ${table.name}`, cause)
  })
  return resultItems.map((result, at) => {
    const row = result.first()
    if (!row) return false
    const { values = {}, atLeast = 0 } = lookups[at] ?? {}
    const times: unknown[] = row.values().slice(1)
    const cells = timedColumns(table).map((column, cell) => {
      const time = times[cell] ?? null
      return { isGiven: (values[column] ?? null) !== null, time: time === null ? null : Number(time) }
    })
    return isComplete(cells, atLeast)
  })
}

/** One cell of a row: whether the record gives it a value, and its write time in µs, null where it has no value. */
export type Cell = { readonly isGiven: boolean; readonly time: number | null }

/**
 * Whether a row holds all that a record gives it, or what came later: each given cell is at least as new as the record.
 * One without a value counts only where a later record may have emptied it.
 */
export function isComplete(cells: readonly Cell[], atLeast: number): boolean {
  const times = cells.flatMap(({ time }) => time ?? [])
  const newest = Math.max(...times)
  if (times.length > 0 && newest < atLeast) return false
  return cells.every(({ isGiven, time }) => !isGiven || (time === null ? newest > atLeast : time >= atLeast))
}
