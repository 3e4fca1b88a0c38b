/**
 * `npm run bench:event-source`: the whole path from a Kafka backlog to rows of Cassandra, in process, through the Invoke
 * API, and as a bare loop of both clients, each in a process of its own, on services of the benchmark's own.
 */
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Way } from './consumer.ts'
import { type BenchEnvironment, startEnvironment } from './environment.ts'
import { type Measured, measure } from './measure.ts'
import { produce } from './produce.ts'
import { measureScaling, type Scaling } from './scaling.ts'

const usage = `usage: npm run bench:event-source -- [--records <n>] [--singles <n>] [--ways <list>] [--no-scaling] [--json]
  --records   records of the backlog, 5,000 at least (default: 500,000)
  --singles   records whose latency is measured afterwards (default: 500)
  --ways      which of inProcess,invokeApi,bare, in that order (default: all)
  --no-scaling  leaves the pollers' scaling out
  --json      one JSON object as the last line of stdout`

const report = (line: string) => process.stderr.write(`${line}\n`)
const allWays: readonly Way[] = ['inProcess', 'invokeApi', 'bare']

type Task = { records: number; singles: number; ways: readonly Way[]; scaling: boolean; json: boolean }

function readTask(): Task {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      records: { type: 'string', default: '500000' },
      singles: { type: 'string', default: '500' },
      ways: { type: 'string', default: allWays.join(',') },
      scaling: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const ways = values.ways.split(',')
  const [records, singles] = [Number(values.records.replaceAll(',', '')), Number(values.singles)]
  const isWrong = !(records >= 5_000 && singles >= 1) || !ways.every((way) => allWays.includes(way as Way))
  if (values.help || isWrong) {
    report(usage)
    process.exit(isWrong ? 2 : 0)
  }
  return { records, singles, ways: ways as Way[], scaling: values.scaling, json: values.json }
}

async function run({ records, singles, ways, scaling, json }: Task): Promise<void> {
  const environment = await startEnvironment(report)
  try {
    report(`producing ${records.toLocaleString('en')} records`)
    await produce(environment.producer, environment.schemaId, 0, records)
    report('warming Kafka and Cassandra up')
    let backlog = records
    const next = async (way: Way) => {
      const measured = await measure(way, environment, { backlog, singles })
      backlog += singles
      return measured
    }
    await next('bare')
    const results: Partial<Record<Way, Measured>> & { scaling?: Scaling } = {}
    for (const way of ways) {
      report(`measuring ${way}`)
      results[way] = await next(way)
      report(JSON.stringify(results[way]))
    }
    if (scaling) results.scaling = await scaled(environment)
    process.stdout.write(`${table(results)}\n`)
    if (json) process.stdout.write(`${JSON.stringify(results)}\n`)
  } finally {
    await environment.stop()
  }
}

async function scaled(environment: BenchEnvironment): Promise<Scaling> {
  report('measuring how pollers scale')
  return measureScaling(environment)
}

const titles: Readonly<Record<Way, string>> = {
  inProcess: 'In process',
  invokeApi: 'Invoke API',
  bare: 'Bare kafkajs and cassandra-driver',
}

/** Markdown, to be pasted as it is. */
function table({ scaling, ...ways }: Partial<Record<Way, Measured>> & { scaling?: Scaling }): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = Object.entries(ways).map(([way, measured]) =>
    row([titles[way as Way], ...Object.values(measured).map((value) => value.toLocaleString('en'))]),
  )
  return [
    `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Kafka, Cassandra and emulator on the same machine; Avro records of 12 columns, 550 bytes as JSON`,
    '',
    row(['', 'CPU µs/record', 'records/s', 'p50 ms', 'p99 ms', 'peak RSS MB']),
    '|---|--:|--:|--:|--:|--:|',
    ...lines,
    '',
    'CPU: user and system time of the consumer’s process with its threads, through the Invoke API also of the function’s processes; from when a fifth is committed to the end',
    ...(scaling
      ? [`${scaling.pollers} pollers, function of fixed latency: ${scaling.percentOfLinear} % of linear`]
      : []),
  ].join('\n')
}

const task = readTask()
process.once('SIGINT', () => process.exit(130))
await run(task)
