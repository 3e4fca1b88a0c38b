import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline } from '../../pipelines/users.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { valueSubject } from '../../src/core/names.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { topicsOf } from '../../src/core/topology.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import { observeRun } from '../../src/operations/runs/observe.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { publishAsRun } from '../fixtures/publish-as-run.ts'
import { userRecord } from '../system/by-hand.ts'
import { sluiceOn, unscheduledUp } from '../system/sluice.ts'
import { reached } from './services-runs.ts'

const environment = `test-kills-redrive-${process.pid}`
const sluice = sluiceOn(environment)
const topic = pipeline.topic.name
const redrive = ['dead-letters', 'redrive', topic, '--all', '--json']
let clients: Clients

beforeAll(async () => {
  const { endpoints } = await unscheduledUp(sluice, environment, 20)
  clients = await openClients(endpoints)
})
afterAll(async () => {
  await clients?.close()
  await sluice.cleanUp()
})

async function recordsOnTopic(): Promise<number> {
  const { end } = await offsetBounds(clients.admin, topic)
  return [...end.values()].reduce((sum, offset) => sum + offset, 0)
}

async function rows(): Promise<number> {
  return Number((await clients.cassandra.execute('SELECT COUNT(*) FROM sluice.created_users')).first()?.count)
}

const settled = async () => (await observeRun(pipeline, 'by-hand', clients, 120_000)).proof.account

test('a redrive that is killed midway and started again sends each dead letter once, and loses none', async () => {
  const idOf = ({ name, schema }: AnyTopic) => clients.registry.idOf(valueSubject(name), JSON.stringify(schema))
  const ids = await Promise.all(pipelines.flatMap(topicsOf).map(idOf))
  const unknownId = Math.max(...ids.map(Number)) + 1
  const phone = '0'.repeat(8_000)
  const records = Array.from({ length: 3_000 }, () => userRecord(unknownId, { id: randomUUID(), phone }, Date.now()))
  const producer = createProducer(clients.kafka)
  await publishAsRun('by-hand', records, producer, ledgerOf(clients.cassandra, pipeline.name)).finally(() =>
    producer.disconnect(),
  )
  expect(await settled()).toMatchObject({ deadLettered: records.length, pending: 0, unaccounted: 0 })
  const lateSchema = JSON.stringify({ ...pipeline.topic.schema, doc: 'registered too late' })
  expect(await clients.registry.register('late-value', lateSchema)).toBe(unknownId)
  const [recordsBefore, rowsBefore] = [await recordsOnTopic(), await rows()]

  const { child } = sluice.start(...redrive)
  const killed = once(child, 'exit')
  await reached('the first redriven records', async () => (await recordsOnTopic()) > recordsBefore)
  child.kill('SIGKILL')
  expect(await killed).toEqual([null, 'SIGKILL'])
  const sent = (await recordsOnTopic()) - recordsBefore
  expect(sent).toBeLessThan(records.length)

  const { code, stdout } = await sluice.run(...redrive)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ redriven: records.length - sent, skipped: sent, parked: 0, refused: 0 })
  expect((await recordsOnTopic()) - recordsBefore).toBe(records.length)
  await reached('all of them written', async () => (await settled()).written === records.length)
  expect(await settled()).toMatchObject({
    published: records.length,
    duplicates: 0,
    deadLettered: 0,
    pending: 0,
    unaccounted: 0,
  })
  expect((await rows()) - rowsBefore).toBe(records.length)
})
