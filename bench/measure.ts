/**
 * Measures one way: a backlog, then single records.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { consumerEnvironment, consumerFlags } from '../scripts/install/consumer.mjs'
import { keyspace } from '../src/core/names.ts'
import type { ConsumerTask, Progress, Way } from './consumer.ts'
import type { BenchEnvironment } from './environment.ts'
import { latencies, percentile } from './latency.ts'
import { pipeline } from './workload.ts'

/** What a way costs and achieves. */
export type Measured = {
  /** CPU time, user and system, of the consumer's process and the function's processes. */
  readonly clientMicrosPerRecord: number
  readonly recordsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the consumer's process. */
  readonly peakRssMb: number
}

/** How much to measure. The topic holds the records below `backlog`, and afterwards `singles` more. */
export type Amounts = { readonly backlog: number; readonly singles: number }

const table = `${keyspace}.${pipeline.tables[0]?.name}`

/**
 * Runs the way on an empty table, in a consumer group of its own. CPU and time count from when a fifth is committed to
 * the last commit: starting, joining, loading and compiling are over by then. Fails when a row is missing.
 */
export async function measure(
  way: Way,
  environment: BenchEnvironment,
  { backlog, singles }: Amounts,
): Promise<Measured> {
  const { endpoints, emulatorPid, cassandra } = environment
  await cassandra.execute(`TRUNCATE ${table}`, [], { prepare: false })
  const groupId = `bench-${way}-${backlog}`
  const consumer = startConsumer({ way, endpoints, groupId, records: backlog, emulatorPid })
  try {
    const first = await consumer.progress
    const last = first.records >= backlog ? first : await consumer.nextProgress()
    if (last === first) throw new Error(`${backlog} records are too few: ${way} committed them at once`)
    const rows = await countRows(environment)
    if (rows !== backlog) throw new Error(`${way} committed ${backlog} records, but there are ${rows} rows`)
    const measured = await latencies(environment, backlog, backlog + singles)
    const records = last.records - first.records
    return {
      clientMicrosPerRecord: round((last.cpuMicros - first.cpuMicros) / records, 1),
      recordsPerSecond: round((records / (last.ms - first.ms)) * 1_000, 0),
      p50Ms: round(percentile(measured, 50), 1),
      p99Ms: round(percentile(measured, 99), 1),
      peakRssMb: round(last.peakRssMb, 0),
    }
  } finally {
    await consumer.stop()
  }
}

/** Sluice's ways run as `sluice run` does, the bare loop as Node starts it. */
function startConsumer(task: ConsumerTask) {
  const isBare = task.way === 'bare'
  const flags = isBare ? ['--disable-warning=TimeoutNegativeWarning'] : consumerFlags
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, 'consumer.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Neither compiles TypeScript, which takes 20 MB.
    env: {
      ...process.env,
      ...(isBare ? { NODE_COMPILE_CACHE: consumerEnvironment.NODE_COMPILE_CACHE } : consumerEnvironment),
    },
  })
  return { progress: nextProgress(child), nextProgress: () => nextProgress(child), stop: () => end(child) }
}

async function nextProgress(child: ChildProcess): Promise<Progress> {
  const ended = new AbortController()
  child.once('exit', () => ended.abort(new Error('the consumer ended by itself')))
  const [progress] = await once(child, 'message', { signal: ended.signal })
  return progress
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function countRows({ cassandra }: BenchEnvironment): Promise<number> {
  let rows = 0
  for await (const _ of await cassandra.execute(`SELECT id FROM ${table}`, [], { fetchSize: 5_000 })) rows += 1
  return rows
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
