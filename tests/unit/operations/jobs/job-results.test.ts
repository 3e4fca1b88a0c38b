import { expect, test } from 'vitest'
import { avroEncoder } from '../../../../src/core/avro-codec.ts'
import { resultTopic } from '../../../../src/core/job.ts'
import { frame } from '../../../../src/core/wire-format.ts'
import type { Clients } from '../../../../src/operations/clients.ts'
import { jobResults } from '../../../../src/operations/jobs/job-results.ts'
import { type HeldRecord, memoryKafka } from '../../../fixtures/memory-kafka.ts'
import { orders } from '../../../fixtures/orders.ts'
import { sums } from '../../../fixtures/sums-job.ts'
import { fakeRegistry } from '../../runtime/fakes.ts'

const pipelines = [{ ...orders, analytics: [sums] }]
const topic = resultTopic(sums)
const encoder = avroEncoder(topic.schema)
const all = { since: 0, of: null }

function result(at: number, id: string, amount: number): HeldRecord {
  const record = { id, window_start: 60_000, amount }
  return { at, key: topic.key(record), value: frame(1, encoder.encode(record)) }
}

function clients(...partitions: HeldRecord[][]): Clients {
  const held = partitions.map((records) => ({ start: 5, records }))
  const { registry, state } = fakeRegistry([topic.schema])
  return { ...memoryKafka({ [topic.name]: held }), registry, state } as unknown as Clients
}

test('of each key the latest counts; what is no record is left out', async () => {
  const broken = { at: 3, key: 'x', value: Buffer.from('no Avro') }
  const given = clients([result(1, 'a', 1), broken, result(4, 'a', 7)], [result(2, 'b', 2)])
  const { table, isWhole, since } = await jobResults(pipelines, sums.name, all, given)
  expect(table.rows.map(({ id, amount }) => [id, amount]).sort()).toEqual([
    ['a', 7],
    ['b', 2],
  ])
  expect({ isWhole, since }).toEqual({ isWhole: true, since: 0 })
})

test('those that were written before are left out', async () => {
  const given = clients([result(1, 'a', 1), result(9, 'b', 2)], [])
  const { table } = await jobResults(pipelines, sums.name, { since: 5, of: null }, given)
  expect(table.rows.map(({ id }) => id)).toEqual(['b'])
})

test('of more than can be read the newest are, which is told', async () => {
  const many = Array.from({ length: 5_020 }, (_, at) => result(at, `k${at}`, at))
  const { table, isWhole } = await jobResults(pipelines, sums.name, all, clients(many, []))
  expect({ count: table.count, isWhole }).toEqual({ count: 5_000, isWhole: false })
  expect(Math.min(...table.rows.map(({ amount }) => Number(amount)))).toBeGreaterThanOrEqual(20)
})

test('a registry that is away is no reason to show less', async () => {
  const given = clients([result(1, 'a', 1)], [])
  Object.assign((given as unknown as { state: { down: boolean } }).state, { down: true })
  const asked = jobResults(pipelines, sums.name, all, given)
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
})

test('a topic that is not there, and a job that nobody declares, are named', async () => {
  const none = { ...memoryKafka({}) } as unknown as Clients
  await expect(jobResults(pipelines, sums.name, all, none)).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  await expect(jobResults(pipelines, 'none', all, none)).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
})
