import { once } from 'node:events'
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { valueSubject } from '../../src/core/names.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { topicsOf } from '../../src/core/topology.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import type { Finding } from '../../src/operations/doctor/doctor-finding.ts'
import { deadLetterTests } from './operations-dead-letters.ts'
import { json, lines, sluiceOn, unscheduledUp } from './sluice.ts'

const environment = `test-operations-${process.pid}`
const sluice = sluiceOn(environment)
let endpoints: Endpoints
let clients: Clients
/** The schemas of the records put on the topic by hand: the topic's own, and one that comes too late, which gets the next id. */
let schemaId: number
let lateSchemaId: number

beforeAll(async () => {
  endpoints = (await unscheduledUp(sluice, environment, 20)).endpoints
  clients = await openClients(endpoints)
  const idOf = async ({ name, schema }: AnyTopic) =>
    Number(await clients.registry.idOf(valueSubject(name), JSON.stringify(schema)))
  schemaId = await idOf(pipeline.topic)
  lateSchemaId = Math.max(...(await Promise.all(pipelines.flatMap(topicsOf).map(idOf)))) + 1
})

afterAll(async () => {
  await clients?.close()
  await sluice.cleanUp()
})

test('a healthy environment has no findings but good ones; a lost mapping is a problem with a remedy, exit code 1', async () => {
  const look = async () => {
    const looked = await sluice.run('doctor', '--json')
    const findings: Finding[] = json(looked).findings
    const left = findings.filter(({ level }) => level !== 'ok')
    expect(left.filter(({ check }) => check !== 'analytics jobs')).toEqual([])
    // The test leaves Spark out.
    for (const finding of left) {
      expect(finding).toMatchObject({ level: 'warning', detail: expect.stringContaining('does not run') })
    }
    expect(looked.code).toBe(0)
  }
  await vi.waitFor(look, { timeout: 60_000, interval: 500 })

  const ssm = new SSMClient(awsConfig(endpoints.aws))
  const Name = '/sluice/event-source-mappings/sluice-users-write'
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
  await ssm.send(new DeleteParameterCommand({ Name }))
  const { code, stdout } = await sluice.run('doctor')
  await ssm.send(new PutParameterCommand({ Name, Value: Parameter?.Value, Type: 'String' }))
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^problem {2}event source mappings sluice-users-write has no mapping.*\n +→ start the environment/m,
  )
})

test('topics are shown with their records, schemas, groups and lag', async () => {
  const topics = json(await sluice.run('topics', '--json'))
  expect(topics.map(({ topic }: { topic: string }) => topic)).toEqual(
    pipelines.flatMap(topicsOf).flatMap(({ name }) => [name, `${name}.dlt`, `${name}.parked`]),
  )
  expect(topics[0]).toEqual({
    topic: 'users_created',
    exists: true,
    partitions: 6,
    records: 20,
    retentionMs: pipeline.topic.retentionMs,
    subject: 'users_created-value',
    schemaId,
    groups: [{ group: 'sluice-users-process', lag: 0 }],
  })
})

test('the log of a function is shown, structured lines as fields; another name is refused with those there are', async () => {
  const { code, stdout } = await sluice.run('logs', 'sluice-users-write', '--since', '1h')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^\d{4}-\S+Z INFO {2}batch settled {2}stage=write {2}records=\d+ {2}deadLetters=0 {2}failed=0 {2}topic=\S+ {2}offsets=\{.+\} {2}runs=\[.+\]$/m,
  )
  const entries = lines(await sluice.run('logs', 'sluice-users-write', '--since', '1h', '--json'))
  expect(entries.map(({ message }) => message)).toContainEqual(expect.objectContaining({ message: 'batch settled' }))
  expect((await sluice.run('logs', 'sluice-users')).stderr).toContain(
    'there are sluice-users-ingest, sluice-users-process',
  )
})

test('a log is followed: each new line is shown once, until the command is stopped', async () => {
  const { child, said } = sluice.start('logs', 'sluice-users-ingest', '--follow', '--since', '1s')
  let shown = ''
  child.stdout?.on('data', (chunk) => {
    shown += chunk
  })
  await said('has logged nothing within that time')
  const runs: string[] = []
  for (const seed of ['followed', 'on and on']) {
    const { run } = json(await sluice.run('trigger', 'users', '--records', '5', '--seed', seed, '--json'))
    await said(`run=${run}`)
    runs.push(run)
  }
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const succeeded = shown.match(/^.* INFO {2}run succeeded .*$/gm) ?? []
  const shownRuns = succeeded.map((line) => /run=(\S+)/.exec(line)?.[1] ?? '')
  // A line of an earlier run can become readable late.
  expect(shownRuns.filter((run) => runs.includes(run))).toEqual(runs)
  expect(new Set(shownRuns).size).toBe(shownRuns.length)
})

describe('dead letters', () => deadLetterTests(() => ({ sluice, clients, schemaId, lateSchemaId })))
