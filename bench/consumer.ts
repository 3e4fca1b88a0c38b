/**
 * One way of consuming, in a process of its own: works until SIGTERM, tells its parent how far it is.
 * Argument: JSON of {@link ConsumerTask}. Messages to the parent: {@link Progress}.
 */
import type { Consume } from './consume-bare.ts'
import { descendantCpuMicros, ownUsage } from './usage.ts'

/** The ways that are compared. */
export type Way = 'inProcess' | 'invokeApi' | 'bare'

/** What to consume. */
export type ConsumerTask = Parameters<Consume>[0] & {
  readonly way: Way
  readonly records: number
  readonly emulatorPid: number
}

/** Where a consumer stands: written and committed records, and what that has cost. */
export type Progress = {
  readonly records: number
  /** Milliseconds of a clock of the process's own. */
  readonly ms: number
  readonly cpuMicros: number
  readonly peakRssMb: number
}

/** Share of the records after which a consumer counts as warm. */
const warmShare = 0.2

const task = JSON.parse(process.argv[2] ?? '{}') as ConsumerTask
const { way, records: wanted, emulatorPid } = task
let settled = 0
let isWarm = false

function onCommitted(records: number): void {
  settled += records
  if (settled < (isWarm ? wanted : wanted * warmShare)) return
  isWarm = true
  const { cpuMicros, peakRssMb } = ownUsage()
  const functions = way === 'invokeApi' ? descendantCpuMicros(emulatorPid) : 0
  process.send?.({
    records: settled,
    ms: performance.now(),
    cpuMicros: cpuMicros + functions,
    peakRssMb,
  } satisfies Progress)
}

/** Loads what the way needs and no more, as the memory of the process is measured. */
async function consume(): ReturnType<Consume> {
  if (way === 'bare') return (await import('./consume-bare.ts')).consumeBare(task, onCommitted)
  return (await import('./consume-mapped.ts')).consumeMapped(way, task, onCommitted)
}

const consumption = await consume()
process.once('SIGTERM', async () => {
  await consumption.stop()
  process.exit(0)
})
process.once('disconnect', () => process.exit(1))
