/**
 * When an invocation begins, and with how many records.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { until } from '../scene.ts'

const texts = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`)
const feature = 'batching'

export const batchingCases: readonly ConformanceCase[] = [
  {
    behaviour: 'an invocation has at most BatchSize records',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(25))
      await scene.start('echo', { BatchSize: 10 })
      await scene.committed(25)
      expect(Math.max(...scene.batches().map(({ length }) => length))).toBe(10)
    },
  },
  {
    behaviour: 'a BatchSize of 1 brings each record alone',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(4))
      await scene.start('echo', { BatchSize: 1 })
      await scene.committed(4)
      expect(scene.batches()).toEqual(texts(4).map((text) => [text]))
    },
  },
  {
    behaviour: 'BatchSize is 100 unless given',
    source: pages.parameters,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(150))
      const { MaximumBatchingWindowInSeconds: _, ...rest } = scene.properties('echo')
      await scene.start('echo', rest)
      await scene.committed(150)
      expect(scene.batches().map(({ length }) => length)).toEqual([100, 50])
    },
  },
  {
    behaviour: 'the window gathers records that come one after the other',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.start('echo', { MaximumBatchingWindowInSeconds: 3 })
      await until(() => expect(scene.eventsOf('assigned')).toHaveLength(1))
      for (const text of texts(3)) await scene.produce([text])
      await scene.committed(3)
      expect(scene.batches()).toEqual([texts(3)])
    },
  },
  {
    behaviour: 'a batch waits for its window',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.start('echo', { MaximumBatchingWindowInSeconds: 2 })
      await until(() => expect(scene.status().state).toBe('Enabled'))
      const producedAt = Date.now()
      await scene.produce(['a'])
      await until(() => expect(scene.invocations()).toHaveLength(1))
      expect((scene.invocations()[0]?.began ?? 0) - producedAt).toBeGreaterThanOrEqual(1_900)
    },
  },
  {
    behaviour: 'BatchSize records end the wait',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(texts(5))
      await scene.start('echo', { BatchSize: 5, MaximumBatchingWindowInSeconds: 300 })
      await scene.committed(5)
      expect(scene.batches()).toEqual([texts(5)])
    },
  },
  {
    behaviour: 'a payload of 6 MB ends the wait and is never exceeded',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      for (let n = 0; n < 8; n += 1) await scene.produce(['x'.repeat(900_000)])
      await scene.start('echo', { MaximumBatchingWindowInSeconds: 5 })
      await scene.committed(8)
      const sizes = scene.invocations().map(({ event }) => Buffer.byteLength(JSON.stringify(event)))
      expect(scene.batches().map(({ length }) => length)).toEqual([5, 3])
      expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024)
    },
  },
  {
    behaviour: 'one invocation may have records of several partitions',
    source: pages.kafka,
    feature,
    async run(scene) {
      await scene.createTopic(3)
      for (const partition of [0, 1, 2]) await scene.produce(['a'], partition)
      await scene.start('echo', { MaximumBatchingWindowInSeconds: 3 })
      await scene.committed(1, 1, 1)
      expect(scene.invocations().map(({ event }) => Object.keys(event.records).sort())).toEqual([
        [0, 1, 2].map((partition) => `${scene.topic}-${partition}`),
      ])
    },
  },
  {
    behaviour: 'the next window begins when the invocation before it ends',
    source: pages.batching,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.start('slow', { MaximumBatchingWindowInSeconds: 1 })
      await until(() => expect(scene.invocations()).toHaveLength(1))
      await scene.produce(['b'])
      await scene.committed(2)
      const [firstEnd = 0] = scene.ends()
      expect((scene.invocations()[1]?.began ?? 0) - firstEnd).toBeGreaterThanOrEqual(950)
    },
  },
]
