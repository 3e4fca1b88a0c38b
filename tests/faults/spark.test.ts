import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Scene, startScene } from '../spark/scene.ts'
import { expected, minute, signups, wholeMinutesAgo } from '../spark/signups.ts'

let scene: Scene

beforeAll(async () => {
  scene = await startScene()
})

afterAll(async () => {
  await scene?.close()
})

const patience = { timeout: 140_000, interval: 1_000 }

test('Spark killed within a batch starts again, and the job goes on from its checkpoint with the same results', async () => {
  const base = wholeMinutesAgo(60)
  const running = scene.start()
  const first = signups(600, base, 'a')
  await scene.publishSignups(first)
  await expect.poll(() => running.status().counts.records, patience).toBe(first.length)

  // The watermark stands at two and a half minutes: the third window is open still, and goes over the kill.
  const second = signups(6_000, base + 2 * minute, 'a')
  await scene.publishSignups(second)
  await vi.waitUntil(() => scene.isInBatch(), { timeout: 30_000, interval: 5 })
  const { pid } = scene.stack.service('spark')
  process.kill(pid, 'SIGKILL')

  await expect.poll(() => running.status().counts.records, patience).toBe(first.length + second.length)
  expect(await scene.results()).toEqual(expected([...first, ...second]))
  expect(scene.stack.service('spark').pid).not.toBe(pid)
  expect(running.status()).toMatchObject({ state: 'running', counts: { late: 0, undecodable: 0, unseenBatches: 0 } })
  expect(running.status().restarts).toBeGreaterThan(0)
  expect(running.status().failure?.code).toBe('SPARK_UNAVAILABLE')
})
