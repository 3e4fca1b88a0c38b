import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { functionName } from '../../src/core/names.ts'
import { invoke } from '../../src/operations/invoke.ts'
import { runRequest } from '../../src/runtime/run-request.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { holdSource } from './held-source.ts'
import { beginRun, expectWhole, reached, writtenMore } from './services-runs.ts'

const records = 400
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('kills-function')
})
afterAll(() => environment?.remove())

/** The processes in which the emulator runs a function. */
function workersOf(name: string): number[] {
  const emulator = environment.service('emulator').pid
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => textOf(`/proc/${pid}/status`).includes(`\nPPid:\t${emulator}\n`))
    .filter((pid) => textOf(`/proc/${pid}/environ`).split('\0').includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`))
    .map(Number)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function onTopic(): Promise<number> {
  const { end } = await offsetBounds(environment.clients.admin, pipeline.topic.name)
  return [...end.values()].reduce((sum, offset) => sum + offset, 0)
}

test('an ingest that is killed between topic and ledger is done again as the same run; its copies are duplicates', async () => {
  const ingest = functionName(pipeline.name, 'ingest')
  const event = { id: randomUUID(), time: new Date().toISOString(), run: { records, seed: randomUUID() } }
  const runId = runRequest(event, records).id
  const before = await onTopic()
  const source = await holdSource(environment)
  try {
    const cutOff = invoke(environment.endpoints.aws, ingest, event)
    await reached('the run in the ledger', async () => (await environment.ledger.run(runId))?.state === 'running')
    await environment.service('cassandra').kill('SIGSTOP')
    source.release()
    await reached('its records on the topic', async () => (await onTopic()) === before + records)
    for (const pid of workersOf(ingest)) process.kill(pid, 'SIGKILL')
    expect(await cutOff).toMatchObject({ failed: true })
  } finally {
    await environment.service('cassandra').kill('SIGCONT')
    await source.restore()
  }
  expect(await environment.ledger.published(runId)).toEqual([])

  const again = await invoke(environment.endpoints.aws, ingest, event)
  expect(again).toMatchObject({ failed: false, payload: { run: runId } })
  const account = await expectWhole(environment, runId, records)
  expect(account).toMatchObject({ published: 2 * records, duplicates: records, written: 2 * records })
})

test.each(['process', 'write'] as const)(
  'the %s function is killed with batches in flight, and all is accounted for',
  async (stage) => {
    const { runId, done } = beginRun(environment, 3_000)
    const name = functionName(pipeline.name, stage)
    let kills = 0
    await reached('three kills in the middle of a batch', () => {
      const isBusy = environment.poller
        .status()
        .some((status) => status.functionName === name && status.invocationsInFlight > 0)
      if (isBusy) for (const pid of workersOf(name)) if (kills < 3 && ++kills) process.kill(pid, 'SIGKILL')
      return kills >= 3
    })
    await done
    await expectWhole(environment, runId, 3_000)
  },
)

function resultOf(name: string): string {
  return environment.poller.status().find(({ functionName }) => functionName === name)?.lastProcessingResult ?? ''
}

test('a write function that runs into its time limit is tried again, and all is accounted for', async () => {
  const lambda = new LambdaClient(awsConfig(environment.endpoints.aws))
  const name = functionName(pipeline.name, 'write')
  const limit = (Timeout: number) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout }))
  await limit(2)
  try {
    const { runId, done } = beginRun(environment, 5_000)
    await writtenMore(environment, 100)
    await environment.service('cassandra').kill('SIGSTOP')
    await reached('a time-out', () => resultOf(name).startsWith('PROBLEM: the function failed'))
    await environment.service('cassandra').kill('SIGCONT')
    await done
    await expectWhole(environment, runId, 5_000)
  } finally {
    await environment.service('cassandra').kill('SIGCONT')
    await limit(60)
  }
})
