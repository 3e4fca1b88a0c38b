/**
 * Provisioned mode, and what is refused.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { type Change, until } from '../scene.ts'

const feature = 'pollers'
const texts = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`)
const pollers = (MinimumPollers: number, MaximumPollers: number): Change => ({
  ProvisionedPollerConfig: { MinimumPollers, MaximumPollers },
})
const local = (maxPollers: number) => ({ settings: { maxPollers, scalingIntervalMs: 200 } })

const refusalCase = (behaviour: string, change: object, sentence: string): ConformanceCase => ({
  behaviour,
  source: pages.api,
  feature: 'lifecycle',
  run: async (scene) => expect(scene.start('echo', change as Change)).rejects.toThrow(sentence),
})

export const pollerCases: readonly ConformanceCase[] = [
  {
    behaviour: 'a mapping begins with its minimum of pollers, which share the partitions',
    source: pages.scaling,
    feature,
    async run(scene) {
      await scene.createTopic(4)
      await scene.start('echo', pollers(2, 2), local(2))
      await until(() => expect(scene.status()).toMatchObject({ pollers: 2, state: 'Enabled' }))
      const shares = () =>
        scene
          .eventsOf('assigned')
          .slice(-2)
          .map(({ partitions }) => partitions.length)
      await until(() => expect(shares()).toEqual([2, 2]))
      for (let partition = 0; partition < 4; partition += 1) await scene.produce(texts(20), partition)
      await scene.committed(20, 20, 20, 20)
      expect(scene.records()).toHaveLength(80)
    },
  },
  {
    behaviour: 'there are never more pollers than partitions',
    source: pages.scaling,
    feature,
    async run(scene) {
      await scene.createTopic(1)
      await scene.start('echo', pollers(3, 3), local(3))
      await until(() => expect(scene.status().pollers).toBe(1))
      await scene.produce(['a'])
      await scene.committed(1)
    },
  },
  {
    behaviour: 'pollers are added while the lag grows, up to the maximum, and nothing is lost',
    source: pages.scaling,
    feature,
    async run(scene) {
      await scene.createTopic(4)
      for (let partition = 0; partition < 4; partition += 1) await scene.produce(texts(12), partition)
      await scene.start('slow', { ...pollers(1, 2), BatchSize: 3 }, local(4))
      await until(() => expect(scene.eventsOf('scaled')).toMatchObject([{ pollers: 2 }]))
      await scene.committed(12, 12, 12, 12)
      const seen = scene.records().map(({ partition, offset }) => `${partition}:${offset}`)
      expect(new Set(seen).size).toBe(48)
    },
  },
  {
    behaviour: 'pollers are given up when there is no lag any more, down to the minimum',
    source: pages.scaling,
    feature,
    async run(scene) {
      await scene.createTopic(2)
      for (const partition of [0, 1]) await scene.produce(texts(40), partition)
      await scene.start('echo', { ...pollers(1, 2), BatchSize: 1 }, local(2))
      await scene.committed(40, 40)
      await until(() => expect(scene.status().pollers).toBe(1))
      await scene.produce(['a'])
      await scene.committed(41, 40)
    },
  },
  {
    behaviour: 'what AWS has in provisioned mode only is reported when a mapping is not in it',
    source: pages.errors,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.start('echo', { MaximumRetryAttempts: 1 })
      expect(scene.eventsOf('warning').map(({ reason }) => reason)).toEqual([
        `mapping "${scene.topic}": AWS offers MaximumRetryAttempts in provisioned mode only: add ProvisionedPollerConfig`,
      ])
    },
  },
  refusalCase(
    'a minimum of pollers above the maximum is refused',
    { ProvisionedPollerConfig: { MinimumPollers: 5, MaximumPollers: 2 } },
    'MinimumPollers is 5, allowed is at most MaximumPollers, which is 2',
  ),
  refusalCase(
    'queue mode is refused: kafkajs knows no share groups',
    { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } },
    'ConsumptionMode is "Queue"',
  ),
  refusalCase('a property that is not supported is refused by name', { LoggingConfig: {} }, 'LoggingConfig is {}'),
  refusalCase('a BatchSize beyond 10,000 is refused', { BatchSize: 10_001 }, 'BatchSize is 10001'),
  refusalCase('a window beyond 300 s is refused', { MaximumBatchingWindowInSeconds: 301 }, 'is 301'),
  refusalCase('two topics are refused', { Topics: ['aa', 'bb'] }, 'allowed is a list of one topic'),
  refusalCase('retries beyond 10,000 are refused', { MaximumRetryAttempts: 10_001 }, 'MaximumRetryAttempts is 10001'),
  refusalCase('an age below 60 s is refused', { MaximumRecordAgeInSeconds: 59 }, 'MaximumRecordAgeInSeconds is 59'),
]
