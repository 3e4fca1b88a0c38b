import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, test } from 'vitest'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { beginRun, expectWhole, writtenMore } from './services-runs.ts'

const records = 20_000
const frozenMs = 20_000
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await faultEnvironment('services-frozen')
})
afterAll(() => environment?.remove())

test.each(['kafka', 'cassandra'] as const)(
  '%s stands still for 20 s with 20,000 records on their way, and all arrive',
  async (name) => {
    const { runId, done } = beginRun(environment, records)
    await writtenMore(environment, 1_000)
    await environment.service(name).kill('SIGSTOP')
    try {
      await delay(frozenMs)
    } finally {
      await environment.service(name).kill('SIGCONT')
    }
    await done
    await expectWhole(environment, runId, records)
  },
)
