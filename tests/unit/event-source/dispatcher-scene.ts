/**
 * A dispatcher without Kafka: records are handed to it, and the test is its function.
 */
import { expect } from 'vitest'
import type { ConsumedRecord } from '../../../src/connect/kafka-consumer-port.ts'
import type { KafkaEvent } from '../../../src/core/kafka-event.ts'
import type { OnFailureDestination } from '../../../src/event-source/destination/destination.ts'
import { Dispatcher, type DispatcherContext } from '../../../src/event-source/dispatcher.ts'
import type { Invocation } from '../../../src/event-source/invoker.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'
import type { MappingRange } from '../../../src/event-source/range.ts'
import type { PollerEvent } from '../../../src/event-source/report.ts'
import { defaultSettings, type PollerSettings } from '../../../src/event-source/settings.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['topic'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1'] } },
  StartingPosition: 'TRIM_HORIZON',
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  MaximumBatchingWindowInSeconds: 0,
}

/** A record of the time 0. */
export const record = (offset: number, value: Buffer | null = null): ConsumedRecord => ({
  offset,
  timestamp: 0,
  timestampType: 'CREATE_TIME',
  key: null,
  value,
  headers: [],
})
/** What a fetch brought: records of these offsets with one value. */
export const fetched = (partition: number, offsets: readonly number[], value: Buffer | null = null) => ({
  partition,
  records: offsets.map((offset) => record(offset, value)),
  next: (offsets.at(-1) ?? -1) + 1,
  highWatermark: 1_000,
})
/** The answer of a function that succeeds. */
export const success: Invocation = {
  functionError: null,
  payload: 'null',
  requestId: 'r',
  statusCode: 200,
  executedVersion: '$LATEST',
}
const fast = { retryBackoff: { baseMs: 0, maxMs: 0 } }

type Handler = (offsets: ReadonlyMap<number, number[]>, signal: AbortSignal) => Promise<Invocation> | Invocation

type Change = {
  properties?: object
  range?: MappingRange
  settings?: Partial<PollerSettings>
  destination?: OnFailureDestination
}

/** An open dispatcher that invokes the handler. Waits between attempts are off. */
export function start(handler: Handler, change: Change = {}) {
  const events: PollerEvent[] = []
  const paused: string[] = []
  const problems: (string | null)[] = []
  const registryProblems: (string | null)[] = []
  let isInGroup = true
  const context: DispatcherContext = {
    isInGroup: () => isInGroup,
    mapping: { ...parseMapping('m', { ...properties, ...change.properties }), range: change.range ?? null },
    openDestination: () => change.destination as OnFailureDestination,
    secrets: null,
    onRegistryProblem: (problem) => registryProblems.push(problem),
    settings: { ...defaultSettings, ...fast, ...change.settings },
    report: (event) => events.push(event),
    setPaused: (partition, isPaused) => paused.push(`${isPaused ? 'pause' : 'resume'} ${partition}`),
    onSettled: () => {},
    onResult: (problem) => problems.push(problem),
    invoker: {
      async invoke(functionName, payload, signal) {
        expect(functionName).toBe('f')
        const { records } = JSON.parse(Buffer.from(payload).toString()) as KafkaEvent
        const parts = Object.values(records)
        return handler(
          new Map(parts.map((part) => [part[0]?.partition ?? -1, part.map(({ offset }) => offset)])),
          signal,
        )
      },
    },
  }
  const dispatcher = new Dispatcher(context)
  return {
    dispatcher,
    events,
    paused,
    problems,
    registryProblems,
    setInGroup(isSure: boolean) {
      isInGroup = isSure
      dispatcher.proceed()
    },
    next: (id: number) => dispatcher.partitions.get(id)?.prefix.next,
  }
}

/** The answer that names these records, partition and offset, as failed. */
export const failing = (...items: [number, number][]): Invocation => ({
  ...success,
  payload: JSON.stringify({
    batchItemFailures: items.map(([partition, offset]) => ({
      itemIdentifier: { partition: `topic-${partition}`, offset },
    })),
  }),
})
