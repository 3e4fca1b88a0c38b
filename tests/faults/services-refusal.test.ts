import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { connectCassandra } from '../../src/connect/cassandra.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import { deadLetterTopic } from '../../src/core/names.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { topicEncoder } from '../../src/runtime/topic-codec.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { beginRun, expectWhole, reached, settledBy } from './services-runs.ts'

let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('services-refusal')
})
afterAll(() => environment?.remove())

const succeeded = () => true
const failed = () => false

/** What the functions have logged so far. */
const logged = () => readFileSync(join(environment.folder, 'logs', 'emulator.log'), 'utf8')

/** Counts how often a function logged a code from now on. */
function seenFromNow(code: string): () => boolean {
  const before = logged().length
  return () => logged().slice(before).includes(`"code":"${code}"`)
}

test('records wait while Cassandra refuses the login, and are written once it takes it again', async () => {
  const { cassandra } = environment.endpoints
  const admin = { username: 'fault_admin', password: 'fault_admin' }
  const { clients } = environment
  await clients.cassandra.execute(
    `CREATE ROLE ${admin.username} WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = '${admin.password}'`,
    [],
    { prepare: false },
  )
  const other = connectCassandra({ ...cassandra, login: admin })
  /** Cassandra lets a password be changed every 5 s only. */
  const setPassword = (password: string) =>
    reached('a changed password', async () => {
      const statement = `ALTER ROLE ${cassandra.login.username} WITH PASSWORD = '${password}'`
      return other.execute(statement, [], { prepare: false }).then(succeeded, failed)
    })
  const isRefused = async () => {
    const client = connectCassandra(cassandra)
    const refused = await client.connect().then(failed, succeeded)
    await client.shutdown()
    return refused
  }
  const records = await goodRecords(300)
  const runId = await environment.publishAsRun(`login-${randomUUID()}`, records.slice(0, 1))
  await environment.settled(runId)
  try {
    await reached('the other login', () => other.connect().then(succeeded, failed))
    await setPassword('another')
    await reached('the refusal', isRefused)
    // Connections that exist stay; functions that begin anew need another.
    await environment.service('emulator').stop()
    await environment.service('emulator').start()
    const refusal = seenFromNow('CASSANDRA_REFUSED')
    const refused = await environment.publishAsRun(`login-${randomUUID()}`, records.slice(1))
    await reached('a refused write', refusal)
    await setPassword(cassandra.login.password)
    await expectWhole(environment, refused, records.length - 1)
  } finally {
    await setPassword(cassandra.login.password)
    await other.shutdown()
  }
})

test('records wait while the table lacks a column, and are written whole once it has it again', async () => {
  const before = beginRun(environment, 300)
  await before.done
  await expectWhole(environment, before.runId, 300)
  const alter = (what: string) =>
    environment.clients.cassandra.execute(`ALTER TABLE sluice.created_users ${what}`, [], { prepare: false })
  // A plain DROP hides every value with an earlier write time for good, those written after the ADD included.
  await alter('DROP phone USING TIMESTAMP 1')
  const mismatch = seenFromNow('TABLE_MISMATCH')
  const { runId, done } = beginRun(environment, 300)
  try {
    await done
    await reached('a mismatch', mismatch)
  } finally {
    await alter('ADD phone text')
  }
  await expectWhole(environment, runId, 300)
  await expectWhole(environment, before.runId, 300)
})

test('a bad record waits while the dead-letter topic is missing; others are written, and it settles with the topic', async () => {
  const topic = deadLetterTopic(pipeline.topic.name)
  const bad = { key: randomUUID(), value: Buffer.from('{"not":"avro"}'), headers: {}, timestamp: Date.now() }
  const first = await environment.publishAsRun(`bad-${randomUUID()}`, [bad])
  expect(await environment.settled(first)).toMatchObject({ deadLettered: 1, pending: 0, unaccounted: 0 })

  const { admin } = environment.clients
  await admin.deleteTopics({ topics: [topic] })
  await reached('the deletion', async () => !(await admin.listTopics()).includes(topic))
  const failure = seenFromNow('KAFKA_UNAVAILABLE')
  const good = await goodRecords(50)
  const written = settledBy(environment, 'write')
  const mixed = await environment.publishAsRun(`bad-${randomUUID()}`, [...good, { ...bad, key: randomUUID() }])
  await reached('a report for retry', failure)
  await reached('the good ones written', () => settledBy(environment, 'write') >= written + good.length)

  const spec = topologyOf([pipeline]).topics.find(({ name }) => name === topic)
  await createTopics(admin, [{ topic, numPartitions: spec?.partitions ?? 1 }])
  expect(await environment.settled(mixed, 120_000)).toMatchObject({
    fetched: good.length + 1,
    written: good.length,
    deadLettered: 1,
    pending: 0,
    unaccounted: 0,
  })
  const later = beginRun(environment, 100)
  await later.done
  await expectWhole(environment, later.runId, 100)
})

/** Records as the ingest makes them. */
async function goodRecords(count: number) {
  const encoder = topicEncoder(pipeline.topic, environment.clients.registry)
  await encoder.prepare()
  return Array.from({ length: count }, () => {
    const id = randomUUID()
    const texts = pipeline.topic.schema.fields.map(({ name }) => [name, `${name} text`])
    const user = {
      ...Object.fromEntries(texts),
      id,
      email: 'somebody@example.com',
      dob: '1990-01-01T00:00:00.000Z',
      registered_date: '2020-01-01T00:00:00.000Z',
    }
    return { key: id, value: encoder.encode(user), headers: {}, timestamp: Date.now() }
  })
}
