import { once } from 'node:events'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { allRows } from '../../src/connect/cassandra.ts'
import { committedOffsets, offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { readUntilNow, type TopicRecord } from '../../src/connect/kafka-reader.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import { consumerGroup } from '../../src/core/names.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import { json, lines, sluiceOn, unscheduledUp } from '../system/sluice.ts'

const environment = `test-replay-${process.pid}`
const sluice = sluiceOn(environment)
const users = 300
/** With those of the second run. */
const total = users + 20
const topic = 'users_enriched'
const group = consumerGroup(pipeline.name, 'write')
let endpoints: Endpoints
let clients: Clients

beforeAll(async () => {
  endpoints = (await unscheduledUp(sluice, environment, users)).endpoints
  clients = await openClients(endpoints)
})

afterAll(async () => {
  await clients?.close()
  await sluice.cleanUp()
})

const ends = async (name: string) => (await offsetBounds(clients.admin, name)).end
const live = () => committedOffsets(clients.admin, group, topic)
const account = async () => json(await sluice.run('reconcile', 'users', '--json'))
const truncate = () => clients.cassandra.execute('TRUNCATE sluice.created_users')
const replay = (...args: string[]) => sluice.run('replay', 'users', ...args)

/** When each row was written, by id. */
async function writeTimes(): Promise<Map<string, string>> {
  const rows = await allRows(clients.cassandra, 'SELECT id, WRITETIME(email) AS at FROM sluice.created_users')
  return new Map(rows.map((row) => [String(row.id), String(row.at)]))
}

/** Groups of replays of the stage. */
async function replayGroups(): Promise<string[]> {
  const { groups } = await clients.admin.listGroups()
  return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${group}-replay-`))
}

async function recordsOf(partition: number): Promise<TopicRecord[]> {
  const found: TopicRecord[] = []
  await readUntilNow(clients.kafka, new Map([[topic, new Map([[partition, 0]])]]), (record) => {
    if (record.partition === partition) found.push(record)
  })
  return found
}

test('mappings are listed with what the poller says and the lag that Kafka knows, and shown with each setting', async () => {
  const every = json(await sluice.run('event-sources', 'list', '--json'))
  const listed = every.filter(({ id }: { id: string }) => id.startsWith('sluice-users-'))
  expect(listed).toMatchObject([
    { id: 'sluice-users-process', isWanted: true, wantedBy: 'definition', problem: null },
    { id: 'sluice-users-signups_by_country-write', isWanted: true, wantedBy: 'definition', problem: null },
    { id: group, pollers: [{ name: 'npm start', status: { state: 'Enabled', lastProcessingResult: 'OK' } }] },
  ])
  expect(listed[2].lag).toHaveLength(6)
  expect(listed[2].lag.map(({ lag }: { lag: number }) => lag)).toEqual([0, 0, 0, 0, 0, 0])
  const { stdout } = await sluice.run('event-sources', 'show', group)
  expect(stdout).toMatch(/^BisectBatchOnFunctionError +false +\(default\)$/m)
  expect(stdout).toMatch(/^poller +npm start, process \d+, as of \d s ago$/m)
  expect(stdout).toMatch(/^CommittedEventCount +300$/m)
  const { code, stderr } = await sluice.run('event-sources', 'show', 'users')
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /there are .*sluice-users-process, sluice-users-signups_by_country-write, sluice-users-write/,
    ),
  ])
})

test('a disabled mapping rests, and its records wait; enabled it goes on where it stood', async () => {
  const disabled = json(await sluice.run('event-sources', 'disable', group, '--json'))
  expect(disabled).toMatchObject({ isTakenOn: true, pollers: [{ status: { state: 'Disabled' } }] })
  const { fetched } = json(await sluice.run('trigger', 'users', '--records', '20', '--seed', 'waiting', '--json'))
  expect(fetched).toBe(20)
  const lag = async () => {
    const { lag, isWanted, wantedBy } = json(await sluice.run('event-sources', 'show', group, '--json'))
    const sum = lag.reduce((sum: number, each: { lag: number }) => sum + each.lag, 0)
    return { sum, isWanted, wantedBy }
  }
  await expect.poll(lag, { timeout: 60_000 }).toEqual({ sum: 20, isWanted: false, wantedBy: 'operator' })
  expect(await account()).toMatchObject({ pending: 20, unaccounted: 0 })
  expect(json(await sluice.run('event-sources', 'enable', group, '--json'))).toMatchObject({ isTakenOn: true })
  await expect.poll(lag, { timeout: 60_000 }).toEqual({ sum: 0, isWanted: true, wantedBy: 'operator' })
})

test('a range of one partition is replayed exactly, and nothing else happens', async () => {
  const before = await writeTimes()
  const [offsets, held] = [await live(), await ends(topic)]
  expect(await account()).toMatchObject({ written: 20, unaccounted: 0 })
  await truncate()
  expect(await account()).toMatchObject({ written: 0, unaccounted: 20 })

  const records = await recordsOf(3)
  const [first, end] = [10, 31]
  const range = ['--from', `${topic}-3:${first}`, '--to', `${topic}-3:${end}`]
  expect(json(await replay(...range, '--dry-run', '--json'))).toMatchObject({ total: 21, dryRun: true })
  expect(await writeTimes()).toEqual(new Map())
  const replayed = json(await replay(...range, '--json'))
  expect(replayed).toMatchObject({ stage: 'write', total: 21, done: 21, resume: null, isGroupDeleted: true })

  const ids = records.filter(({ offset }) => offset >= first && offset < end).map(({ key }) => String(key))
  const expected = new Map([...new Set(ids)].map((id) => [id, before.get(id)]))
  expect(expected.size).toBe(21)
  expect(await writeTimes()).toEqual(expected)
  expect(await live()).toEqual(offsets)
  expect(await ends(topic)).toEqual(held)
  expect(await replayGroups()).toEqual([])
  await replay('--from', '0')
  expect(await writeTimes()).toEqual(before)
})

test('killed in the middle it is started again; stopped, it leaves nothing behind and says how to go on', async () => {
  const before = await writeTimes()
  const offsets = await live()
  await oneRecordAnInvocation()
  await truncate()
  const killed = sluice.start('replay', 'users', '--from', '0')
  await killed.said(` of ${total} records, `)
  killed.child.kill('SIGKILL')
  expect((await writeTimes()).size).toBeLessThan(before.size)

  const stopped = sluice.start('replay', 'users', '--from', '0', '--json')
  let said = ''
  stopped.child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  await stopped.said(` of ${total} records, `)
  const closed = once(stopped.child, 'close')
  stopped.child.kill('SIGINT')
  expect(await closed).toEqual([1, null])
  const { group: itsGroup, done, resume, isGroupDeleted } = JSON.parse(said)
  expect(isGroupDeleted).toBe(true)
  expect(await replayGroups()).not.toContain(itsGroup)
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(total)

  const { code, stdout } = await replay('--from', resume.from, '--to', resume.to)
  expect(code).toBe(0)
  expect(stdout).toContain(`replayed ${total - done} records of ${topic} through ${group}`)
  expect(await writeTimes()).toEqual(before)
  expect(await live()).toEqual(offsets)
  expect(await account()).toMatchObject({ written: 20, pending: 0, unaccounted: 0 })
  // A killed member stays for a session of ten seconds; each replay removes what others left.
  const sweep = async () => {
    await replay('--from', '0', '--to', '1')
    return replayGroups()
  }
  await expect.poll(sweep, { timeout: 60_000, interval: 1_000 }).toEqual([])
})

/** So that a replay takes long enough to be stopped. */
async function oneRecordAnInvocation(): Promise<void> {
  const ssm = new SSMClient(awsConfig(endpoints.aws))
  const Name = mappingParameterPath + group
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
  const Value = JSON.stringify({ ...JSON.parse(Parameter?.Value ?? ''), BatchSize: 1 })
  await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }))
}

test('the process stage makes records again, and rows, times and account stay as they are', async () => {
  const before = await writeTimes()
  const sum = async () => [...(await ends(topic)).values()].reduce((all, each) => all + each, 0)
  const made = await sum()
  const replayed = json(
    await replay('--stage', 'process', '--from', 'users_created-0:0', '--to', 'users_created-0:5', '--json'),
  )
  expect(replayed).toMatchObject({ topic: 'users_created', done: 5, resume: null })
  expect(await sum()).toBe(made + 5)
  await expect.poll(account, { timeout: 60_000 }).toMatchObject({ written: 20, pending: 0, unaccounted: 0 })
  expect(await writeTimes()).toEqual(before)
})

test('a record that is given up again is one dead letter that waits, and one redrive', async () => {
  const producer = createProducer(clients.kafka)
  const garbage = { key: 'garbage', value: Buffer.from('no Avro'), headers: {}, timestamp: Date.now() }
  const [position] = await producer.send(topic, [garbage]).finally(() => producer.disconnect())
  const states = async () => lines(await sluice.run('dead-letters', 'list', topic, '--json')).map(({ state }) => state)
  await expect.poll(states, { timeout: 60_000 }).toEqual(['waiting'])
  const from = `${topic}-${position?.partition}:${position?.offset}`
  expect(json(await replay('--from', from, '--json'))).toMatchObject({ done: 1 })
  expect(await states()).toEqual(['repeated', 'waiting'])
  const planned = json(await sluice.run('dead-letters', 'redrive', topic, '--all', '--dry-run', '--json'))
  expect(planned).toMatchObject({ redriven: 1, skipped: 1 })
})

test('a range that is not there is refused, and nothing is left behind', async () => {
  const { code, stderr } = await replay('--from', `${topic}-0:999999`)
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^ARGUMENT_INVALID: --from users_enriched-0:999999 is outside of the log, which has 0 to \d+$/m,
  )
  expect((await replay('--from', '1m', '--to', '2h')).stderr).toContain('ARGUMENT_INVALID: --to 2h is before --from 1m')
  expect(await replayGroups()).toEqual([])
})
