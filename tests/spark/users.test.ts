import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import type { SupervisedJob } from '../../src/operations/jobs/supervise-job.ts'
import { type Scene, startScene } from './scene.ts'

const minute = 60_000
const countries = ['Denmark', 'France', 'Norway'] as const
const base = Math.floor(Date.now() / minute) * minute - 60 * minute
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
type Signup = { readonly id: string; readonly country: string; readonly at: number }
const signups = (count: number, begin: number, prefix: string): Signup[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${prefix}${n % 40}`,
    country: countries[n % 3] ?? '',
    at: begin + ((n * 7_919) % (3 * minute)),
  }))
const publish = (given: readonly Signup[]) =>
  scene.publish(given.map(({ id, country, at }) => ({ value: scene.user(id, country), timestamp: at })))

/** What the job must come to, computed from the records alone. Few users a window are counted exactly. */
function expected(given: readonly Signup[]): Map<string, AvroRecord> {
  const groups = Map.groupBy(given, ({ country, at }) => `${country}|${Math.floor(at / minute) * minute}`)
  return new Map(
    [...groups].map(([key, group]) => {
      const [country = '', start = ''] = key.split('|')
      const window = { window_start: Number(start), window_end: Number(start) + minute }
      const distinct = new Set(group.map(({ id }) => id)).size
      return [key, { country, ...window, signups: group.length, distinct_users: distinct }]
    }),
  )
}

test('results are those of the records; late ones and broken ones are counted', async () => {
  const onTime = signups(600, base, 'a')
  await publish(onTime)
  await expect.poll(() => scene.results(), patience).toEqual(expected(onTime))

  const ahead = [{ id: 'ahead', country: 'France', at: base + 10 * minute }]
  await publish(ahead)
  await expect.poll(() => running.status().counts.watermarkMs, patience).toBe(base + 10 * minute - 30_000)

  const late = signups(100, base, 'late')
  const after = signups(90, base + 10 * minute, 'b')
  await publish([...late, ...after])
  await scene.publish([{ value: Buffer.from('no frame'), timestamp: base }])
  await expect.poll(() => running.status().counts.records, patience).toBe(600 + 1 + 190 + 1)
  expect(running.status().counts).toMatchObject({ late: late.length, undecodable: 1, untimed: 0, unseenBatches: 0 })
  expect(await scene.results()).toEqual(expected([...onTime, ...ahead, ...after]))
  expect(running.status()).toMatchObject({ state: 'running', restarts: 0, failure: null })
})
