import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { keys, versionMaker, watchRows } from './ordering-rows.ts'
import { type PollerProcess, startPollerProcess } from './poller-kills.ts'

let environment: FaultEnvironment
let poller: PollerProcess | undefined

beforeAll(async () => {
  environment = await faultEnvironment('ordering')
  await environment.poller.stop()
})
afterEach(() => poller?.kill())
afterAll(() => environment?.remove())

const kills = 4
/** Versions of all keys in one run. */
const perRun = 20
const versions = perRun * (kills + 1)

test('10,000 versions of 100 keys: while the poller is killed again and again, no row goes back, and each ends as the last', async () => {
  const version = await versionMaker(environment)
  const watched = keys(100)
  const rows = watchRows(environment, watched)
  const begun = Date.now()
  const publish = (run: number) => {
    const numbers = Array.from({ length: perRun }, (_, index) => run * perRun + index + 1)
    const records = numbers.flatMap((number) =>
      watched.map((key) => version(key, number, { timestamp: begun + number })),
    )
    return environment.publishAsRun(`ordering-${run}`, records)
  }
  const runs: string[] = []
  for (let kill = 0; kill < kills; kill++) {
    // Commits come late, so that the next poller brings much again that was processed and written.
    poller = startPollerProcess(environment.endpoints.aws, { commitIntervalMs: 2_000 })
    const moved = rows.advanced(watched.length / 2)
    runs.push(await publish(kill))
    await moved
    await poller.kill()
  }
  poller = startPollerProcess(environment.endpoints.aws)
  runs.push(await publish(kills))
  for (const run of runs) {
    const records = perRun * watched.length
    expect(await environment.settled(run, 120_000)).toMatchObject({ written: records, pending: 0, unaccounted: 0 })
  }
  const last = await rows.end()
  expect(rows.steppedBack).toEqual([])
  expect(new Set(last)).toEqual(new Set([versions]))
  expect(rows.advances()).toBeGreaterThan(2 * watched.length)
})
