/** Kafka as a cluster of three: any node is lost in the middle of a run, the run goes on, and the node comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import { type KafkaName, serviceNames } from '../../src/local/service.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { beginRun, expectWhole, reached, writtenMore } from './services-runs.ts'

const records = 3_000
const nodes = serviceNames.filter((name): name is KafkaName => name.startsWith('kafka'))
const idOf = (name: KafkaName) => nodes.indexOf(name) + 1
const reports: string[] = []
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('cluster', (line) => reports.push(line), 3)
})
afterAll(() => environment?.remove())

/** The partitions of all topics, Kafka's own included: leader, replicas and those of them that have caught up. */
async function partitions() {
  const { topics } = await environment.clients.admin.fetchTopicMetadata()
  return topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, ...partition })))
}

const leaders = async () => new Set((await partitions()).map(({ leader }) => leader))

test('every partition has three replicas on three nodes, and two acknowledge', async () => {
  const all = await partitions()
  const topics = new Set(all.map(({ topic }) => topic))
  expect([...topics]).toEqual(expect.arrayContaining([pipeline.topic.name, '__consumer_offsets']))
  expect(all.filter(({ replicas }) => new Set(replicas).size !== 3)).toEqual([])
  const { resources } = await environment.clients.admin.describeConfigs({
    includeSynonyms: false,
    resources: [...topics].map((name) => ({ type: 2, name, configNames: ['min.insync.replicas'] })),
  })
  const least = resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue))
  expect(least).toEqual([...topics].map(() => '2'))
})

test.each(nodes)(
  '%s is killed in the middle of a run: others lead its partitions, the run goes on without it, and it catches up',
  async (name) => {
    const id = idOf(name)
    const node = environment.service(name)
    const { runId, done } = beginRun(environment, records)
    await writtenMore(environment, 100)
    await node.kill('SIGKILL')
    await reached('other leaders', async () => !(await leaders()).has(id))
    await done
    await expectWhole(environment, runId, records)
    expect(node.pid).toBe(0)

    await node.start()
    expect((await partitions()).filter(({ isr }) => !isr.includes(id))).toEqual([])
    const { admin } = environment.clients
    expect((await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId).toSorted()).toEqual([1, 2, 3])
  },
)

test('two nodes are killed at once in the middle of a run, which ends whole once one of them is back', async () => {
  const [first, second] = [environment.service('kafka-2'), environment.service('kafka-3')]
  const { runId, done } = beginRun(environment, records)
  await writtenMore(environment, 100)
  await Promise.all([first.kill('SIGKILL'), second.kill('SIGKILL')])
  await first.start()
  await done
  await expectWhole(environment, runId, records)
  await second.start()
})

test('a node that is killed from outside starts again by itself, and the environment goes on', async () => {
  const node = environment.service('kafka-2')
  const { pid } = node
  process.kill(pid, 'SIGKILL')
  await reached('its return', () => reports.includes('Kafka 2 is back and has caught up'))
  expect(reports).toContain('Kafka 2 was ended by SIGKILL: the cluster goes on, and the node starts again')
  expect(node.pid).not.toBe(pid)
  await createTopics(environment.clients.admin, [{ topic: 'after', numPartitions: 3 }])
  const { runId, done } = beginRun(environment, 300)
  await done
  await expectWhole(environment, runId, 300)
})
