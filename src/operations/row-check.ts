/**
 * Whether the rows that a record becomes are in their tables.
 */
import { type Client, concurrent } from 'cassandra-driver'
import type { TopicRecord } from '../connect/kafka-reader.ts'
import type { AvroRecord } from '../core/avro-codec.ts'
import { selectWriteTimes } from '../core/cql.ts'
import { keyspace } from '../core/names.ts'
import type { AnyTable, Pipeline } from '../core/pipeline.ts'
import { keyColumns } from '../core/table.ts'
import { writeTimeMicros } from '../core/write-time.ts'

/** A record on the topic that the writer reads, with its value decoded. */
export type Decoded = { readonly record: TopicRecord; readonly value: AvroRecord }

/** How many rows a record becomes, and whether each is present and at least as new as the record. */
export type RowCheck = { readonly rows: number; readonly present: boolean }

type Lookup = { readonly table: AnyTable; readonly index: number; readonly key: unknown[]; readonly atLeast: number }

/** Checks the rows of many records, in their order; reads 64 rows at once. */
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
  const atLeast = writeTimeMicros(record.timestamp, record.offset)
  return pipeline.tables.flatMap((table) =>
    table.rows(value).map((row) => ({ table, index, key: keyColumns(table).map((column) => row[column]), atLeast })),
  )
}

async function arePresent(client: Client, table: AnyTable, lookups: readonly Lookup[]): Promise<boolean[]> {
  if (lookups.length === 0) return []
  const query = selectWriteTimes(keyspace, table)
  const { resultItems } = await concurrent.executeConcurrent(
    client,
    query,
    lookups.map(({ key }) => key),
    { concurrencyLevel: 64, collectResults: true, raiseOnFirstError: true },
  )
  return resultItems.map((result, at) => {
    const row = result.first()
    if (!row) return false
    const times = row
      .values()
      .slice(1)
      .filter((time: unknown) => time !== null)
      .map(Number)
    return times.length === 0 || Math.max(...times) >= (lookups[at]?.atLeast ?? 0)
  })
}
