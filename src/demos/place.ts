/**
 * What a demo reads of its environment: topics as records, tables as rows, the counts of jobs.
 */
import { types } from 'cassandra-driver'
import { pipelines } from '../../pipelines/index.ts'
import { allRows } from '../connect/cassandra.ts'
import { offsetBounds } from '../connect/kafka-offsets.ts'
import { readUntilNow, type TopicRecord } from '../connect/kafka-reader.ts'
import { selectAll } from '../core/cql.ts'
import { noCounts } from '../core/job-progress.ts'
import { keyspace } from '../core/names.ts'
import type { AnyRow } from '../core/table.ts'
import type { AnyTopic } from '../core/topic.ts'
import { topicsOf, topologyOf } from '../core/topology.ts'
import type { Clients } from '../operations/clients.ts'
import { jobFiles } from '../operations/jobs/job-files.ts'
import { tableNamed } from '../operations/tables/rows.ts'
import { decodedOrNull, topicDecoder } from '../runtime/topic-codec.ts'
import type { DemoPlace, DemoRecord } from './demo.ts'

/** The place of an environment in that folder. */
export function demoPlace(clients: Clients, folder: string): DemoPlace {
  const { tables } = topologyOf(pipelines)
  const topics = pipelines.flatMap(topicsOf)
  const read = new Map<string, { readonly end: string; readonly records: readonly DemoRecord[] }>()
  return {
    clients,
    async recordsOf(name) {
      const topic = tableNamed(name, topics)
      const bounds = await offsetBounds(clients.admin, name)
      const end = JSON.stringify([...bounds.end])
      const known = read.get(name)
      if (known?.end === end) return known.records
      const records = await decodedRecords(topic, bounds.start, clients)
      read.set(name, { end, records })
      return records
    },
    async sizeOf(topic) {
      const { start, end } = await offsetBounds(clients.admin, topic)
      return [...end].reduce((sum, [partition, last]) => sum + last - (start.get(partition) ?? 0), 0)
    },
    async rowsOf(name) {
      const rows = await allRows(clients.cassandra, selectAll(keyspace, tableNamed(name, tables)))
      return rows.map(valuesOf)
    },
    countsOf: (job) => jobFiles(folder, job).readStatus()?.counts ?? noCounts,
  }
}

async function decodedRecords(
  topic: AnyTopic,
  start: ReadonlyMap<number, number>,
  { kafka, registry }: Clients,
): Promise<DemoRecord[]> {
  const read: TopicRecord[] = []
  await readUntilNow(kafka, new Map([[topic.name, start]]), (record) => read.push(record))
  read.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  const decoder = topicDecoder(topic, registry)
  const records: DemoRecord[] = []
  for (const { value: bytes, timestamp, partition, offset } of read) {
    const value = await decodedOrNull(decoder, bytes)
    if (value) records.push({ value, timestamp, partition, offset })
  }
  return records
}

function valuesOf(row: types.Row): AnyRow {
  return Object.fromEntries(row.keys().map((column: string) => [column, plainOf(row[column])]))
}

function plainOf(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (value instanceof types.Long) return value.toNumber()
  if (value instanceof types.Uuid) return value.toString()
  return value
}
