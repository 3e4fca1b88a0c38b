import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { committedOffsets } from '../../src/connect/kafka-offsets.ts'
import { consumerGroup } from '../../src/core/names.ts'
import { writtenTopic } from '../../src/core/pipeline.ts'
import { lambdaInvoker } from '../../src/event-source/lambda-invoker.ts'
import { loadMappings } from '../../src/event-source/mappings.ts'
import { startPoller } from '../../src/event-source/poller.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { type PollerProcess, startPollerProcess } from './poller-kills.ts'
import { beginRun, expectWhole, reached } from './services-runs.ts'

let environment: FaultEnvironment
let poller: PollerProcess | undefined

beforeAll(async () => {
  environment = await faultEnvironment('kills-poller')
  await environment.poller.stop()
})
afterEach(() => poller?.kill())
afterAll(() => environment?.remove())

/** Records that the write stage has committed. */
async function committed(): Promise<number> {
  const { admin } = environment.clients
  const offsets = await committedOffsets(admin, consumerGroup(pipeline.name, 'write'), writtenTopic(pipeline).name)
  return [...offsets.values()].reduce((sum, offset) => sum + offset, 0)
}

async function rows(): Promise<number> {
  const result = await environment.clients.cassandra.execute('SELECT count(*) FROM sluice.created_users')
  return Number(result.first()?.count)
}

test('a poller that is stopped while it joins leaves nobody behind in its groups', async () => {
  const { aws } = environment.endpoints
  const mappings = await loadMappings(new SSMClient(awsConfig(aws)))
  const names = mappings.map(({ consumerGroupId }) => consumerGroupId)
  for (const joiningMs of [0, 50, 100, 200, 400, 800]) {
    const early = await startPoller({ mappings, invoker: lambdaInvoker(awsConfig(aws)) })
    await delay(joiningMs)
    await early.stop()
    const { groups } = await environment.clients.admin.describeGroups(names)
    expect(groups.flatMap(({ members }) => members)).toEqual([])
  }
})

test('a poller that is killed between write and commit writes again, and nothing changes', async () => {
  poller = startPollerProcess(environment.endpoints.aws, { commitIntervalMs: 600_000 })
  const { runId, done } = beginRun(environment, 3_000)
  await done
  await reached('rows that are not committed', async () => (await rows()) >= (await committed()) + 200)
  await poller.kill()
  const uncommitted = (await rows()) - (await committed())
  expect(uncommitted).toBeGreaterThan(0)
  poller = startPollerProcess(environment.endpoints.aws)
  const account = await expectWhole(environment, runId, 3_000)
  expect(account.duplicates).toBe(0)
  expect(await rows()).toBe(account.written)
})

test('a poller that is killed at ten random points loses nothing', async () => {
  const seed = Number(process.env.SLUICE_SEED ?? randomInt(2 ** 31))
  process.stdout.write(`SLUICE_SEED=${seed}\n`)
  const random = randomFrom(seed)
  const begun = []
  for (let kill = 0; kill < 10; kill++) {
    poller = startPollerProcess(environment.endpoints.aws)
    const killed = poller.events(1 + Math.floor(random() * 25))
    begun.push(beginRun(environment, 600))
    await killed
    await poller.kill()
  }
  poller = startPollerProcess(environment.endpoints.aws)
  for (const { runId, done } of begun) {
    await done
    await expectWhole(environment, runId, 600)
  }
})

/** Mulberry32: numbers from 0 to 1, the same for a seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
