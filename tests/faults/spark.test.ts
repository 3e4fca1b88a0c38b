import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { frame } from '../../src/core/wire-format.ts'
import type { SupervisedJob } from '../../src/operations/jobs/supervise-job.ts'
import { type Scene, startScene } from '../spark/scene.ts'
import { expected, minute, signups, wholeMinutesAgo } from '../spark/signups.ts'

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

const patience = { timeout: 140_000, interval: 1_000 }

const first = signups(600, base, 'a')
// The watermark stands at two and a half minutes: the third window is open still, and goes over the kill.
const second = signups(6_000, base + 2 * minute, 'a')

test('Spark killed within a batch starts again, and the job goes on from its checkpoint with the same results', async () => {
  await scene.publishSignups(first)
  await expect.poll(() => running.status().counts.records, patience).toBe(first.length)
  // The empty batch that follows, with the watermark, is to be seen before the kill.
  await expect.poll(() => running.status().counts.watermarkMs, patience).toBeGreaterThan(base)

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

test('a schema that appears is looked up, and the job goes on with it; one that nobody knows costs its record alone', async () => {
  const before = running.status()
  const nickname = { name: 'nickname', type: ['null', 'string'], default: null } as const
  const { schema: known } = scene.source
  const schema = { ...known, fields: [...known.fields, nickname] }
  const third = signups(300, base + 4 * minute, 'a')
  await scene.publishSignups(third, schema)
  await scene.publish([{ value: frame(999_999, Buffer.from('anything')), timestamp: base + 5 * minute }])
  const count = first.length + second.length + third.length
  await expect.poll(() => running.status().counts.records, patience).toBe(count + 1)
  expect(running.status().counts).toMatchObject({ late: 0, undecodable: 1, unseenBatches: 0 })
  expect(running.status().restarts).toBeGreaterThan(before.restarts)
  expect(running.status().failure).toEqual(before.failure)
  expect(await scene.results()).toEqual(expected([...first, ...second, ...third]))
})
