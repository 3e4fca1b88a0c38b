/**
 * Latency at a low rate: from before a record is produced until its row can be read.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { keyspace } from '../src/core/names.ts'
import type { BenchEnvironment } from './environment.ts'
import { recordAt } from './produce.ts'
import { pipeline, userAt } from './workload.ts'

const intervalMs = 20
const deadlineMs = 30_000

/** Latencies in ms of records `from` to `to`, exclusively, one every 20 ms. */
export async function latencies(environment: BenchEnvironment, from: number, to: number): Promise<number[]> {
  const began = performance.now()
  const measured: Promise<number>[] = []
  for (let number = from; number < to; number++) {
    measured.push(latency(environment, number))
    await delay(Math.max(0, began + (number - from + 1) * intervalMs - performance.now()))
  }
  return Promise.all(measured)
}

/** The smallest value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

async function latency({ producer, cassandra, schemaId }: BenchEnvironment, number: number): Promise<number> {
  const query = `SELECT id FROM ${keyspace}.${pipeline.tables[0]?.name} WHERE id = ?`
  const key = [userAt(number).id]
  const began = performance.now()
  const sent = producer.send({ topic: pipeline.topic.name, messages: [recordAt(number, schemaId)] })
  while ((await cassandra.execute(query, key)).rowLength === 0) {
    if (performance.now() - began > deadlineMs)
      throw new Error(`record ${number} is not readable after ${deadlineMs} ms`)
  }
  const ms = performance.now() - began
  await sent
  return ms
}
