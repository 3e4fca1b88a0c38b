import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SupervisedJob } from '../../src/operations/jobs/supervise-job.ts'
import { type Scene, startScene } from './scene.ts'
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
test('results are those of the records; late ones and broken ones are counted', async () => {
  const onTime = signups(600, base, 'a')
  await scene.publishSignups(onTime)
  await expect.poll(() => scene.results(), patience).toEqual(expected(onTime))

  const ahead = [{ id: 'ahead', country: 'France', at: base + 10 * minute }]
  await scene.publishSignups(ahead)
  await expect.poll(() => running.status().counts.watermarkMs, patience).toBe(base + 10 * minute - 30_000)

  const late = signups(100, base, 'late')
  const after = signups(90, base + 10 * minute, 'b')
  await scene.publishSignups([...late, ...after])
  await scene.publish([{ value: Buffer.from('no frame'), timestamp: base }])
  await expect.poll(() => running.status().counts.records, patience).toBe(600 + 1 + 190 + 1)
  expect(running.status().counts).toMatchObject({ late: late.length, undecodable: 1, untimed: 0, unseenBatches: 0 })
  expect(await scene.results()).toEqual(expected([...onTime, ...ahead, ...after]))
  expect(running.status()).toMatchObject({ state: 'running', restarts: 0, failure: null })
})
