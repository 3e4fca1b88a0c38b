/**
 * What one conformance case works with: a topic of its own, a poller, and what the function saw.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from 'kafkajs'
import { expect, vi } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import type { EventSourceMappingProperties } from '../../src/core/event-source-mapping.ts'
import type { KafkaEvent, KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { destinationOpener } from '../../src/event-source/destination/open.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import type { MappingStatus } from '../../src/event-source/mapping-status.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/event-source/poller.ts'
import type { PollerEvent } from '../../src/event-source/report.ts'
import type { Environment } from './environment.ts'
import type { FunctionName } from './functions.ts'

/** Properties besides the topic's and Kafka's. */
export type Change = Partial<EventSourceMappingProperties>

/** One invocation as the function took it down. */
export type SeenInvocation = { readonly began: number; readonly function: string; readonly event: KafkaEvent }

/** The scene of one case. */
export type Scene = {
  readonly env: Environment
  /** The case's topic, which is also the mapping's id and its group. */
  readonly topic: string
  /** Creates the topic; one partition unless given. */
  createTopic(partitions?: number, config?: Readonly<Record<string, string>>): Promise<void>
  /** Produces texts in order to a partition, 0 unless given. */
  produce(values: readonly (string | null)[], partition?: number): Promise<void>
  send(messages: readonly Message[], topic?: string): Promise<void>
  properties(name: string, change?: Change): EventSourceMappingProperties
  /** Starts a poller with the mapping of the topic to a function. */
  start(name: FunctionName | string, change?: Change, options?: Partial<PollerOptions>): Promise<Poller>
  /** Events of all pollers of this case. */
  readonly events: PollerEvent[]
  eventsOf<T extends PollerEvent['type']>(type: T): Extract<PollerEvent, { type: T }>[]
  /** Invocations so far, in order. */
  invocations(): SeenInvocation[]
  /** Times at which invocations of the slow function ended. */
  ends(): number[]
  records(): KafkaEventRecord[]
  /** Texts of each invocation's records. */
  batches(): string[][]
  /** Resolves when the group has committed these offsets, a partition each. */
  committed(...offsets: number[]): Promise<void>
  /** The group's offset in partition 0. */
  offset(): Promise<number>
  status(): MappingStatus
  stop(): Promise<void>
}

/** Resolves when the check passes; fails with its failure after 40 s. */
export const until = (check: () => unknown) =>
  vi.waitFor(check as () => void | Promise<void>, { timeout: 40_000, interval: 50 })

/** A client asks for the topics of all cases at once, and fails where a broker has not heard of one of them yet. */
export const onceTopicsAreKnown = <T>(ask: () => Promise<T>): Promise<T> =>
  ask().catch(async (error) => {
    if (error?.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
    return onceTopicsAreKnown(ask)
  })

/** A record's value as text. */
export const textOf = ({ value }: KafkaEventRecord) => Buffer.from(value ?? '', 'base64').toString()

/** A scene on a topic of that name. */
export function openScene(env: Environment, topic: string): Scene {
  const { admin, producer, bootstrapServers } = env
  const pollers: Poller[] = []
  const events: PollerEvent[] = []
  const lines = () => {
    const file = join(env.captures, topic)
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    // The last line may be half written.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }
  const offsets = async () => {
    // The coordinator of a new group is not known everywhere at once.
    const ask = () => admin.fetchOffsets({ groupId: topic, topics: [topic] })
    const [group] = await vi.waitFor(ask, { timeout: 20_000, interval: 100 })
    return (group?.partitions ?? []).sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset))
  }
  const scene: Scene = {
    env,
    topic,
    events,
    async createTopic(numPartitions = 1, config = {}) {
      // Records of old times are not to be removed meanwhile.
      const configEntries = Object.entries({ 'retention.ms': '-1', ...config }).map(([name, value]) => ({
        name,
        value,
      }))
      await onceTopicsAreKnown(() => createTopics(admin, [{ topic, numPartitions, configEntries }]))
    },
    async produce(values, partition = 0) {
      await scene.send(values.map((value) => ({ value, partition })))
    },
    async send(messages, to = topic) {
      await onceTopicsAreKnown(() => producer.send({ topic: to, messages: [...messages] }))
    },
    properties: (name, change = {}) => ({
      FunctionName: name,
      Topics: [topic],
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: [bootstrapServers] } },
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 0,
      ...change,
    }),
    async start(name, change = {}, options = {}) {
      const poller = await startPoller({
        mappings: [parseMapping(topic, scene.properties(name, change))],
        invoker: lambdaInvoker(awsConfig(env.aws)),
        openDestination: destinationOpener({ clientConfig: awsConfig(env.aws), ...env.aws }),
        report: (event) => events.push(event),
        ...options,
        settings: { retryBackoff: { baseMs: 20, maxMs: 200 }, ...options.settings },
      })
      pollers.push(poller)
      return poller
    },
    eventsOf: (type) =>
      events.filter((event): event is Extract<PollerEvent, { type: typeof type }> => event.type === type),
    invocations: () => lines().filter((line) => 'began' in line),
    ends: () => lines().flatMap((line) => ('ended' in line ? [line.ended] : [])),
    records: () => scene.invocations().flatMap(({ event }) => Object.values(event.records).flat()),
    batches: () => scene.invocations().map(({ event }) => Object.values(event.records).flat().map(textOf)),
    async committed(...wanted) {
      await until(async () => expect(await offsets()).toEqual(wanted))
    },
    offset: async () => (await offsets())[0] ?? -1,
    status: () => pollers.at(-1)?.status()[0] as MappingStatus,
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()))
    },
  }
  return scene
}
