/**
 * One way of consuming, in a process of its own: works until SIGTERM, tells its parent how far it is.
 * Argument: JSON of {@link ConsumerTask}. Messages to the parent: {@link Progress}.
 */
import { type Consume, consumeBare } from './consume-bare.ts'
import { consumeMapped } from './consume-mapped.ts'
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

const consumption = way === 'bare' ? await consumeBare(task, onCommitted) : await consumeMapped(way, task, onCommitted)
process.once('SIGTERM', async () => {
  await consumption.stop()
  process.exit(0)
})
process.once('disconnect', () => process.exit(1))
