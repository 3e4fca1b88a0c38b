import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import type { Clients } from '../../../../src/operations/clients.ts'
import { flowSampler } from '../../../../src/operations/flow/flow-sample.ts'
import { memoryKafka } from '../../../fixtures/memory-kafka.ts'
import { orders } from '../../../fixtures/orders.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'

const [first, second] = [orders.topic.name, orders.process?.topic.name ?? '']

/** A sampler of a Kafka whose records and commits the test changes, and what it asked for since the last look. */
function sampled() {
  const held = (count: number) => [
    { start: 0, records: Array.from({ length: count }, (_, at) => ({ at, value: 'v' })) },
  ]
  const topics = { [first]: held(2), [second]: held(2), [`${first}.dlt`]: held(0), [`${second}.dlt`]: held(0) }
  const commits = { 'sluice-orders-process': { [first]: [2] }, 'sluice-orders-write': { [second]: [1] } }
  const world = { topics, commits, held, isAway: false }
  const asked: string[] = []
  const { admin, kafka } = memoryKafka(topics, commits)
  const counting = {
    ...admin,
    listTopics: () => asked.push('topics') && admin.listTopics(),
    fetchTopicOffsets: (topic: string) => asked.push(topic) && admin.fetchTopicOffsets(topic),
    fetchOffsets: (given: { groupId: string; topics: string[] }) =>
      asked.push(given.groupId) && admin.fetchOffsets(given),
  }
  const cassandra = {
    async execute() {
      if (world.isAway) throw new Error('no host is reachable')
      return { rows: [], first: () => null, pageState: null }
    },
  } as unknown as Client
  const sample = flowSampler([orders], { admin: counting, kafka, cassandra } as unknown as Clients, temporaryFolder())
  const look = async () => {
    asked.length = 0
    const { lags, topics } = await sample()
    const lag = (group: string) => lags.get(group)?.reduce((sum, partition) => sum + partition.lag, 0)
    return { lags: [lag('sluice-orders-process'), lag('sluice-orders-write')], topics, asked: asked.toSorted() }
  }
  return { world, look }
}

const groups = ['sluice-orders-process', 'sluice-orders-write']

test('the first look is whole; the next leave out groups that stand still, and every other look each dead-letter topic', async () => {
  const { look } = sampled()
  const letters = [`${first}.dlt`, `${second}.dlt`]
  expect((await look()).asked).toEqual([first, second, ...letters, ...groups, 'topics'].sort())
  const [one, two] = [await look(), await look()]
  expect(one.asked).toEqual([first, second, letters[1], 'sluice-orders-write'].sort())
  expect(two.asked).toEqual([first, second, letters[0], 'sluice-orders-write'].sort())
  expect(two.lags).toEqual([0, 1])
  expect([...two.topics.keys()].sort()).toEqual([first, second, ...letters].sort())
})

test('what moves is seen by the next look', async () => {
  const { world, look } = sampled()
  await look()
  world.topics[first] = world.held(5)
  world.commits['sluice-orders-write'] = { [second]: [2] }
  expect((await look()).lags).toEqual([3, 0])
})

test('each fifth look is whole, and the one after a failure', async () => {
  const { world, look } = sampled()
  const whole: number[] = []
  for (let number = 0; number < 6; number++) if ((await look()).asked.includes('topics')) whole.push(number)
  expect(whole).toEqual([0, 5])
  world.isAway = true
  await expect(look()).rejects.toMatchObject({ code: 'CASSANDRA_UNAVAILABLE' })
  world.isAway = false
  expect((await look()).asked).toContain('topics')
})
