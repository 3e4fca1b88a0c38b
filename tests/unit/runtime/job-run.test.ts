import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { expect, test } from 'vitest'
import type { ActiveRun, JobApplication, RunRequest } from '../../../src/connect/emr-serverless.ts'
import { jobRunHandler } from '../../../src/runtime/job-run.ts'

const run = { name: 'sluice-users-signups', executionRoleArn: 'arn:role', mode: 'STREAMING' }
const event = (RequestType: string, RequestId = 'r1') =>
  ({
    RequestType,
    RequestId,
    ResourceProperties: { ApplicationId: 'app1', Run: JSON.stringify(run) },
  }) as unknown as CloudFormationCustomResourceEvent

/** An application whose runs end so many questions after they were asked to. */
function application(given: readonly Pick<ActiveRun, 'id' | 'name'>[], questionsToEnd = 2) {
  const runs = new Map(given.map(({ id, name }) => [id, { id, name, isEnding: false, left: questionsToEnd }]))
  const said: string[] = []
  const started: RunRequest[] = []
  let state = 'STARTED'
  const app: JobApplication = {
    async activeRuns() {
      for (const each of runs.values()) if (each.isEnding && each.left-- <= 0) runs.delete(each.id)
      return [...runs.values()]
    },
    async start(request) {
      if ([...runs.values()].some(({ name }) => name === request.name)) throw new Error('two at once')
      said.push(`start ${request.name}`)
      started.push(request)
      return 'new'
    },
    async cancel(id) {
      said.push(`cancel ${id}`)
      const found = runs.get(id)
      if (found) found.isEnding = true
    },
    async stop() {
      said.push('stop')
      state = 'STOPPED'
    },
    isStopped: async () => state === 'STOPPED',
  }
  const handle = jobRunHandler(
    (id) => {
      expect(id).toBe('app1')
      return app
    },
    { deadlineMs: 2_000, intervalMs: 5 },
  )
  return { handle, said, started, app }
}

test('a first deployment starts the run, once for one request', async () => {
  const { handle, said, started } = application([])
  expect(await handle(event('Create'))).toEqual({ PhysicalResourceId: run.name })
  expect(said).toEqual([`start ${run.name}`])
  expect(started).toEqual([{ ...run, clientToken: 'r1' }])
})

test('a change starts the new run when the old one has ended, and leaves the runs of others', async () => {
  const { handle, said } = application([
    { id: 'old', name: run.name },
    { id: 'other', name: 'sluice-iot-averages' },
  ])
  await handle(event('Update'))
  expect(said).toEqual(['cancel old', `start ${run.name}`])
})

test('a run that does not end is not joined by another, and fails the deployment', async () => {
  const { handle, said } = application([{ id: 'old', name: run.name }], Number.POSITIVE_INFINITY)
  await expect(handle(event('Update'))).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining(`The end of the runs of ${run.name} was not ready within 2 s: 1 are running`),
  })
  expect(said).toEqual(['cancel old'])
})

test('the end of the last job stops the application, so that it can be deleted', async () => {
  const { handle, said } = application([{ id: 'old', name: run.name }])
  expect(await handle(event('Delete'))).toEqual({ PhysicalResourceId: run.name })
  expect(said).toEqual(['cancel old', 'stop'])
})

test('jobs that end together all see the application stopped, as it refuses to be stopped while it is stopping', async () => {
  const { handle, said, app } = application([])
  const { stop } = app
  let refused = 0
  app.stop = async () => {
    refused += 1
    if (refused === 2) return stop()
    throw new Error(
      'Application cannot be STOPPED. Applications must be in one of the following statuses: [STARTING, STARTED]',
    )
  }
  await handle(event('Delete'))
  expect(refused).toBe(2)
  expect(said).toEqual(['stop'])
})

test('the end of one of several leaves it running', async () => {
  const { handle, said } = application([
    { id: 'old', name: run.name },
    { id: 'other', name: 'sluice-iot-averages' },
  ])
  await handle(event('Delete'))
  expect(said).toEqual(['cancel old'])
})
