import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { functionName } from '../../src/core/names.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { beginRun, expectWhole, reached, writtenMore } from './services-runs.ts'
import { unseen, workersOf } from './workers.ts'

let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('kills-function')
})
afterAll(() => environment?.remove())

test.for(['process', 'write'] as const)(
  'the %s function is killed with batches in flight, and all is accounted for',
  async (stage, { skip }) => {
    skip(unseen !== null, unseen ?? '')
    const { runId, done } = beginRun(environment, 3_000)
    const name = functionName(pipeline.name, stage)
    let kills = 0
    await reached('three kills in the middle of a batch', () => {
      const isBusy = (environment.mapping(stage)?.invocationsInFlight ?? 0) > 0
      if (isBusy) for (const pid of workersOf(environment, name)) if (kills < 3 && ++kills) process.kill(pid, 'SIGKILL')
      return kills >= 3
    })
    await done
    await expectWhole(environment, runId, 3_000)
  },
)

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
    await reached('a time-out', () => {
      const { lastProcessingResult = '' } = environment.mapping('write') ?? {}
      return lastProcessingResult.startsWith('PROBLEM: the function failed')
    })
    await environment.service('cassandra').kill('SIGCONT')
    await done
    await expectWhole(environment, runId, 5_000)
  } finally {
    await environment.service('cassandra').kill('SIGCONT')
    await limit(60)
  }
})
