/**
 * Where a mapping begins to read.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { type Change, onceTopicsAreKnown, type Scene, until } from '../scene.ts'

const feature = 'starting position'
const at = (ms: number): Change => ({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: ms / 1000 })

/** Three records of the times 1,000,000, 2,000,000 and 3,000,000 ms. */
async function produceOldOnes(scene: Scene) {
  await scene.createTopic()
  await scene.send([1, 2, 3].map((n) => ({ partition: 0, value: `v${n}`, timestamp: String(n * 1_000_000) })))
}

const timestampCase = (behaviour: string, ms: number, expected: string[]): ConformanceCase => ({
  behaviour,
  source: pages.polling,
  feature,
  async run(scene) {
    await produceOldOnes(scene)
    await scene.start('echo', at(ms))
    await until(() => expect(scene.eventsOf('assigned')).toHaveLength(1))
    await until(async () => expect(await scene.offset()).toBeGreaterThanOrEqual(0))
    await scene.produce(['new'])
    await scene.committed(4)
    expect(scene.batches().flat()).toEqual([...expected, 'new'])
  },
})

export const positionCases: readonly ConformanceCase[] = [
  {
    behaviour: 'TRIM_HORIZON begins with the oldest record',
    source: pages.polling,
    feature,
    async run(scene) {
      await produceOldOnes(scene)
      await scene.start('echo')
      await scene.committed(3)
      expect(scene.batches().flat()).toEqual(['v1', 'v2', 'v3'])
    },
  },
  {
    behaviour: 'LATEST begins behind the newest record',
    source: pages.polling,
    feature,
    async run(scene) {
      await produceOldOnes(scene)
      await scene.start('echo', { StartingPosition: 'LATEST' })
      await scene.committed(3)
      await scene.produce(['new'])
      await scene.committed(4)
      expect(scene.batches().flat()).toEqual(['new'])
    },
  },
  timestampCase('AT_TIMESTAMP begins with the first record that is not older', 1_500_000, ['v2', 'v3']),
  timestampCase('AT_TIMESTAMP includes a record of exactly that time', 3_000_000, ['v3']),
  timestampCase('AT_TIMESTAMP before all records begins with the oldest', 0, ['v1', 'v2', 'v3']),
  timestampCase('AT_TIMESTAMP behind all records begins with the next', 4_000_000, []),
  {
    behaviour: 'a time in the future is refused',
    source: pages.api,
    feature,
    async run(scene) {
      await expect(scene.start('echo', at(Date.now() + 60_000))).rejects.toThrow('not in the future')
    },
  },
  {
    behaviour: 'committed offsets outweigh the starting position',
    source: pages.polling,
    feature,
    async run(scene) {
      await produceOldOnes(scene)
      const partitions = [{ partition: 0, offset: '2' }]
      await onceTopicsAreKnown(() =>
        scene.env.admin.setOffsets({ groupId: scene.topic, topic: scene.topic, partitions }),
      )
      await scene.start('echo', at(0))
      await scene.committed(3)
      expect(scene.batches().flat()).toEqual(['v3'])
    },
  },
  {
    behaviour: 'partitions that are added later are read from their beginning',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.start('echo', { StartingPosition: 'LATEST' })
      await scene.committed(0)
      const { admin, kafka } = scene.env
      await onceTopicsAreKnown(() => admin.createPartitions({ topicPartitions: [{ topic: scene.topic, count: 2 }] }))
      const producer = kafka.producer()
      await producer.connect()
      await until(() => producer.send({ topic: scene.topic, messages: [{ partition: 1, value: 'a' }] }))
      await producer.disconnect()
      await until(() => expect(scene.batches().flat()).toContain('a'))
    },
  },
  {
    behaviour: 'a topic that does not exist yet is waited for',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.start('echo')
      await until(() => expect(scene.status().lastProcessingResult).toMatch(/^PROBLEM: topic .* does not exist/))
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.committed(1)
      expect(scene.status()).toMatchObject({ state: 'Enabled', lastProcessingResult: 'OK' })
    },
  },
  {
    behaviour: 'records that retention has removed are passed over',
    source: pages.inferred,
    feature,
    async run(scene) {
      await produceOldOnes(scene)
      const partitions = [{ partition: 0, offset: '0' }]
      await onceTopicsAreKnown(() =>
        scene.env.admin.setOffsets({ groupId: scene.topic, topic: scene.topic, partitions }),
      )
      const removed = [{ partition: 0, offset: '2' }]
      await onceTopicsAreKnown(() => scene.env.admin.deleteTopicRecords({ topic: scene.topic, partitions: removed }))
      await scene.start('echo')
      await scene.committed(3)
      expect(scene.batches().flat()).toEqual(['v3'])
    },
  },
]
