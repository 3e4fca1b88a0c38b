import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/clickstream.ts'
import type { JobDefinition } from '../../src/core/job.ts'
import { shopSessions } from '../../src/demos/shop.ts'
import { type Scene, startScene } from '../spark/scene.ts'
import { recordsOf } from '../unit/demos/records.ts'

const minute = 60_000
const base = Date.UTC(2026, 0, 1, 12)
const watermarkDelay = 65
const job = pipeline.analytics?.find(({ name }) => name === 'shop_sessions') as JobDefinition
const patience = { timeout: 280_000, interval: 1_000 }

let scene: Scene

beforeAll(async () => {
  scene = await startScene({ job, pipeline })
})

afterAll(async () => {
  await scene?.close()
})

let published = 0
function event(user: number, minutes: number) {
  const type = (['view', 'view', 'cart', 'purchase'] as const)[published % 4] ?? 'view'
  return {
    ...{ id: `e-${published++}`, session_id: `s-${user}`, user_id: `u-${user}`, type, page: '/', product_id: null },
    ...{ category: null, quantity: 1, occurred_at: base + Math.round(minutes * minute), day: '2026-01-01' },
    ...{ revenue_cents: type === 'purchase' ? 700 : 0, late_ms: 0 },
  }
}

/** What the results must be: sessions that ended by the watermark, by user and start. */
function closedBy(watermark: number, events: readonly ReturnType<typeof event>[]) {
  return shopSessions(recordsOf(events))
    .filter(({ session_end }) => Number(session_end) <= watermark)
    .map((row) => [`${row.user_id}|${row.session_start}`, row] as const)
}

test('sessions are exact once they are closed, and what comes too late for one is counted and changes none', async () => {
  // Two visits of each of ten users, in no order: all are there before the first batch.
  const onTime = Array.from({ length: 400 }, (_, n) => event(n % 10, ((n * 7) % 60) + (Math.floor(n / 10) % 2) * 120))
  await scene.publishValues(onTime)
  const running = scene.start()
  await expect.poll(() => running.status().counts.records, patience).toBe(onTime.length)

  const ahead = [event(77, 300)]
  await scene.publishValues(ahead)
  const watermark = base + (300 - watermarkDelay) * minute
  await expect.poll(() => running.status().counts.watermarkMs, patience).toBe(watermark)
  const closed = new Map(closedBy(watermark, [...onTime, ...ahead]))
  expect(closed.size).toBe(20)
  await expect.poll(() => scene.results(), patience).toEqual(closed)

  // The window of an event is closed when it ended, 30 minutes after the event, by the watermark.
  const late = Array.from({ length: 30 }, (_, n) => event(n % 10, 150 + n))
  const inTime = [event(3, 205 + 1 / 60_000), event(4, 290)]
  await scene.publishValues([...late, ...inTime])
  await expect.poll(() => running.status().counts.records, patience).toBe(400 + 1 + 32)
  expect(running.status().counts).toMatchObject({ late: late.length, undecodable: 0, untimed: 0, unseenBatches: 0 })
  expect(await scene.results()).toEqual(closed)
  expect(running.status()).toMatchObject({ state: 'running', failure: null })
})
