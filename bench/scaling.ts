/**
 * How invocations scale with pollers: a function that takes the same time for each batch, one to six pollers of one group.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createTopics } from '../src/connect/kafka-topics.ts'
import type { Invoker } from '../src/event-source/invoker.ts'
import { parseMapping } from '../src/event-source/mapping.ts'
import { startPoller } from '../src/event-source/poller.ts'
import type { BenchEnvironment } from './environment.ts'

/** Records per second of one and of `pollers` pollers, and what share of `pollers` times one that is. */
export type Scaling = {
  readonly pollers: number
  readonly onePoller: number
  readonly allPollers: number
  readonly percentOfLinear: number
}

const pollers = 6
const functionMs = 50
const batchSize = 100
/** How long the rate is measured, once every poller has had its first answer, in ms. */
const measureMs = 4_000
const topic = 'bench_scaling'

/** Measures on a topic of six partitions, whose records are made for this. Each poller has one invocation at a time. */
export async function measureScaling({ admin, producer, endpoints }: BenchEnvironment): Promise<Scaling> {
  await createTopics(admin, [{ topic, numPartitions: pollers }])
  // Half as much again as is used, so that no partition runs dry.
  const needed = Math.ceil(((measureMs + 2_000) / functionMs) * batchSize * pollers * 1.5)
  for (let sent = 0; sent < needed; sent += 5_000) {
    const messages = Array.from({ length: 5_000 }, (_, index) => ({
      partition: index % pollers,
      value: `${sent + index}`,
    }))
    await producer.send({ topic, messages })
  }
  const one = await rate(endpoints.kafka.bootstrapServers, 1)
  const all = await rate(endpoints.kafka.bootstrapServers, pollers)
  return {
    pollers,
    onePoller: Math.round(one),
    allPollers: Math.round(all),
    percentOfLinear: Number(((all / (pollers * one)) * 100).toFixed(1)),
  }
}

async function rate(bootstrapServers: string, count: number): Promise<number> {
  const groupId = `bench-scaling-${count}`
  const mapping = parseMapping(groupId, {
    FunctionName: 'fixed-latency',
    Topics: [topic],
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: [bootstrapServers] } },
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: batchSize,
    MaximumBatchingWindowInSeconds: 0,
  })
  const invoker: Invoker = {
    async invoke() {
      await delay(functionMs)
      return { functionError: null, payload: '', requestId: null, statusCode: 200, executedVersion: null }
    },
  }
  let settled = 0
  const assigned = new Map<number, number>()
  const running = []
  for (let index = 0; index < count; index++) {
    running.push(
      await startPoller({
        mappings: [mapping],
        invoker,
        settings: { maxConcurrentInvocations: 1 },
        report(event) {
          if (event.type === 'invoked') settled += event.records
          if (event.type === 'assigned') assigned.set(index, event.partitions.length)
        },
      }),
    )
  }
  try {
    const deadline = Date.now() + 60_000
    while (assigned.size < count || [...assigned.values()].some((owned) => owned !== pollers / count)) {
      if (Date.now() > deadline) throw new Error('the pollers did not share the partitions evenly')
      await delay(50)
    }
    await delay(1_000)
    const [before, began] = [settled, performance.now()]
    await delay(measureMs)
    return ((settled - before) / (performance.now() - began)) * 1_000
  } finally {
    await Promise.all(running.map((poller) => poller.stop()))
  }
}
