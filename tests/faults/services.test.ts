import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { beginRun, expectWhole, reached, writtenMore } from './services-runs.ts'

const records = 3_000
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('services')
})
afterAll(() => environment?.remove())

const services = ['kafka', 'cassandra', 'registry', 'emulator'] as const
const stages = ['process', 'write'] as const

test.each(services)('%s restarts in the middle of a run, and every record is accounted for', async (name) => {
  const { runId, done } = beginRun(environment, records)
  await writtenMore(environment, 100)
  await environment.service(name).stop()
  await environment.service(name).start()
  await done
  await expectWhole(environment, runId, records)
})

test.each(services)('%s is killed in the middle of a batch, and every record is accounted for', async (name) => {
  const { runId, done } = beginRun(environment, records)
  await writtenMore(environment, 100)
  await reached('a batch in flight', () =>
    stages.some((stage) => (environment.mapping(stage)?.invocationsInFlight ?? 0) > 0),
  )
  await environment.service(name).kill('SIGKILL')
  await environment.service(name).start()
  await done
  await expectWhole(environment, runId, records)
})

test('functions that begin before Cassandra and the registry do their work once these are up', async () => {
  const { runId, done } = beginRun(environment, records)
  await writtenMore(environment, 100)
  await Promise.all([environment.service('cassandra').stop(), environment.service('registry').stop()])
  // Its functions begin anew with it: no connection, no schema.
  await environment.service('emulator').stop()
  await environment.service('emulator').start()
  const late = beginRun(environment, 500)
  await reached('a failure', () =>
    stages.some((stage) => environment.mapping(stage)?.lastProcessingResult.startsWith('PROBLEM')),
  )
  await Promise.all([environment.service('cassandra').start(), environment.service('registry').start()])
  await Promise.all([done, late.done])
  await expectWhole(environment, runId, records)
  await expectWhole(environment, late.runId, 500)
})

test('afterwards the poller has no trouble with any mapping', async () => {
  const { runId, done } = beginRun(environment, 100)
  await done
  await expectWhole(environment, runId, 100)
  for (const stage of stages) expect(environment.mapping(stage)).toMatchObject({ lastProcessingResult: 'OK' })
  for (const { lastProcessingResult } of environment.poller.status())
    expect(lastProcessingResult).not.toMatch(/PROBLEM/)
})
