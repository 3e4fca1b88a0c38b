/** The local stack with its real services: readiness, one login, restart, and what a killed parent leaves. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { connectCassandra } from '../../src/connect/cassandra.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { defaultLogin, isRefusal } from '../../src/local/cassandra-login.ts'
import { freePorts } from '../../src/local/ports.ts'
import { identify } from '../../src/local/process-identity.ts'
import { readProcesses } from '../../src/local/process-record.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { readState } from '../../src/local/state.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'sluice-local-'))
const quiet = () => {}

async function start(folder: string, options: Partial<Parameters<typeof startStack>[0]> = {}): Promise<LocalStack> {
  const stack = await startStack({ folder, ports: await freePorts(), fresh: false, report: quiet, ...options })
  try {
    await stack.allReady
  } catch (error) {
    await stack.stop()
    throw error
  }
  return stack
}

async function query(endpoint: Endpoints['cassandra'], text: string) {
  const client = connectCassandra(endpoint)
  try {
    return (await client.execute(text, [], { prepare: false })).rows
  } finally {
    await client.shutdown()
  }
}

async function withAdmin<T>(
  { kafka }: Endpoints,
  work: (admin: ReturnType<ReturnType<typeof connectKafka>['admin']>) => Promise<T>,
) {
  const admin = connectKafka({ ...kafka, clientId: 'test' }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

const folder = newFolder()
let stack: LocalStack

beforeAll(async () => {
  stack = await start(folder, { fresh: true })
})

afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('what is ready does its work at once', async () => {
  const { endpoints } = stack
  expect(await query(endpoints.cassandra, 'SELECT cluster_name FROM system.local')).toMatchObject([
    { cluster_name: 'sluice' },
  ])
  expect(await connectRegistry(endpoints.registry).subjects()).toEqual([])
  const group = await withAdmin(endpoints, (admin) => admin.describeGroups(['nobody']))
  expect(group.groups).toMatchObject([{ groupId: 'nobody', state: 'Dead' }])
  const people = await fetch(`${endpoints.source.url}/users?results=2`)
  expect(await people.json()).toMatchObject({ info: { results: 2, version: '1.4' } })
})

test("Cassandra's first login is refused, and ours is a secret of the emulator", async () => {
  const { cassandra, aws } = stack.endpoints
  const refused = await query({ ...cassandra, login: defaultLogin }, 'SELECT key FROM system.local').catch(
    (e: unknown) => e,
  )
  expect(isRefusal(refused)).toBe(true)
  const secrets = new SecretsManagerClient(awsConfig(aws))
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: 'sluice/cassandra' }))
  expect(JSON.parse(SecretString ?? '')).toEqual(cassandra.login)
})

test('other processes find the stack, and a second one in its folder is refused', async () => {
  expect(readState(folder)).toMatchObject({ pid: process.pid, ready: true, endpoints: stack.endpoints })
  await expect(start(folder)).rejects.toMatchObject({ code: 'STACK_ALREADY_RUNNING' })
})

test('a service that was killed starts again without loss', async () => {
  await query(
    stack.endpoints.cassandra,
    "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  )
  await query(stack.endpoints.cassandra, 'CREATE TABLE kept.row (id int PRIMARY KEY)')
  await query(stack.endpoints.cassandra, 'INSERT INTO kept.row (id) VALUES (1)')
  const cassandra = stack.service('cassandra')
  await cassandra.kill('SIGKILL')
  expect(cassandra.pid).toBe(0)
  await cassandra.start()
  expect(await query(stack.endpoints.cassandra, 'SELECT id FROM kept.row')).toMatchObject([{ id: 1 }])
})

test('data survives a stop, other ports included, and nothing is left running', async () => {
  const before = stack.endpoints
  await withAdmin(before, (admin) => createTopics(admin, [{ topic: 'kept', numPartitions: 3 }]))
  await connectRegistry(before.registry).register('kept', '"string"')
  const parameter = { Name: '/kept', Value: 'yes', Type: 'String' } as const
  await new SSMClient(awsConfig(before.aws)).send(new PutParameterCommand(parameter))

  const processes = readProcesses(folder)
  expect(processes.map(({ service }) => service).toSorted()).toEqual(['cassandra', 'emulator', 'kafka', 'registry'])
  await stack.stop()
  expect(processes.filter(({ pid }) => identify(pid))).toEqual([])
  expect(readState(folder)).toBeNull()
  expect(readdirSync(join(folder, 'temporary'))).toEqual([])

  stack = await start(folder)
  const { endpoints } = stack
  expect(await withAdmin(endpoints, (admin) => admin.listTopics())).toContain('kept')
  expect(await query(endpoints.cassandra, 'SELECT id FROM kept.row')).toMatchObject([{ id: 1 }])
  expect(await connectRegistry(endpoints.registry).subjects()).toEqual(['kept'])
  const { Parameter } = await new SSMClient(awsConfig(endpoints.aws)).send(new GetParameterCommand({ Name: '/kept' }))
  expect(Parameter?.Value).toBe('yes')
})

test('an unasked end of a service fails the stack with its name and log', async () => {
  const own = newFolder()
  const small = await start(own, { services: ['emulator'] })
  onTestFinished(async () => {
    await small.stop()
    rmSync(own, { recursive: true })
  })
  process.kill(small.service('emulator').pid, 'SIGKILL')
  await expect(small.failed).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining(`AWS emulator was ended by SIGKILL; see ${own}/logs/emulator.log`),
  })
})

test('what a killed parent left is found and stopped by the next start', async () => {
  const own = newFolder()
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'local-parent.ts'), own], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  const left = readProcesses(own)
  expect(left.map(({ service }) => service).toSorted()).toEqual(['emulator', 'kafka'])
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  expect(left.every(({ pid }) => identify(pid))).toBe(true)

  const lines: string[] = []
  const next = await start(own, { services: ['emulator'], report: (line) => lines.push(line) })
  for (const { service, pid } of left) {
    expect(lines).toContain(`Stopping ${service} (pid ${pid}), left by an earlier start`)
    expect(identify(pid)).toBeNull()
  }
  await next.stop()
  expect(existsSync(join(own, 'state.json'))).toBe(false)
  rmSync(own, { recursive: true })
})
