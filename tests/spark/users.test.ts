import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { jobOf, wantJob } from '../../src/operations/jobs/jobs.ts'
import type { SupervisedJob } from '../../src/operations/jobs/supervise-job.ts'
import { job, type Scene, startScene } from './scene.ts'
import { expected, minute, signups, wholeMinutesAgo } from './signups.ts'

const base = wholeMinutesAgo(60)
let scene: Scene
let running: SupervisedJob

beforeAll(async () => {
  scene = await startScene()
  running = scene.start()
})

afterAll(async () => {
  await scene?.close()
})

const patience = { timeout: 110_000, interval: 1_000 }

const onTime = signups(600, base, 'a')
const ahead = [{ id: 'ahead', country: 'France', at: base + 10 * minute }]
const late = signups(100, base, 'a')
const after = signups(90, base + 10 * minute, 'b')

test('results are those of the records; late ones and broken ones are counted', async () => {
  await scene.publishSignups(onTime)
  await expect.poll(() => scene.results(), patience).toEqual(expected(onTime))

  await scene.publishSignups(ahead)
  await expect.poll(() => running.status().counts.watermarkMs, patience).toBe(base + 10 * minute - 30_000)

  await scene.publishSignups([...late, ...after])
  await scene.publish([{ value: Buffer.from('no frame'), timestamp: base }])
  await expect.poll(() => running.status().counts.records, patience).toBe(600 + 1 + 190 + 1)
  expect(running.status().counts).toMatchObject({ late: late.length, undecodable: 1, untimed: 0, unseenBatches: 0 })
  expect(await scene.results()).toEqual(expected([...onTime, ...ahead, ...after]))
  expect(running.status()).toMatchObject({ state: 'running', restarts: 0, failure: null })
  const latest = running.status().latest
  expect(latest?.numInputRows).toBe(Number(latest?.observedMetrics.users?.records))
  expect(latest?.inputRowsPerSecond).toBeGreaterThanOrEqual(0)
})

test("an operator's word lets the job rest, and then go on from its checkpoint", async () => {
  await running.stop()
  const place = { folder: scene.folder, pid: process.pid }
  const { signal } = new AbortController()
  const counts = () => jobOf([pipeline], job.name, place).status?.counts
  scene.keep()
  await expect.poll(() => counts()?.records, patience).toBe(792)

  const stopped = await wantJob([pipeline], job.name, false, place, signal)
  expect(stopped).toMatchObject({ isTakenOn: true, job: { isWanted: false, status: { state: 'stopped' } } })
  const waiting = signups(60, base + 15 * minute, 'c')
  await scene.publishSignups(waiting)
  expect(counts()?.records).toBe(792)

  const restarted = await wantJob([pipeline], job.name, true, place, signal)
  expect(restarted).toMatchObject({ isTakenOn: true, job: { status: { state: 'running' } } })
  await expect.poll(() => counts()?.records, patience).toBe(792 + waiting.length)
  // From a checkpoint of its own it has counted from the first record, with none of them late.
  expect(counts()).toMatchObject({ late: 0, undecodable: 1, unseenBatches: 0 })
  expect(await scene.results()).toEqual(expected([...onTime, ...ahead, ...late, ...after, ...waiting]))
})
