/** Much at once: a page that is open while 2,000 records a second go by, and a topic of 100,000 records. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { createProducer, type OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import type { AnyTopic } from '../../src/core/pipeline.ts'
import { groupLag, sumOfLag } from '../../src/operations/lag.ts'
import { topicEncoder } from '../../src/runtime/topic-codec.ts'
import { closeQuiet, type Scene } from './scene.ts'

const perSecond = 2_000
const tickMs = 100
const segmentSeconds = 15
const group = 'sluice-users-write'
const topic = pipeline.process?.topic as AnyTopic
/** Rows of a list that are in the page at most, whatever the list holds. */
const mostRows = 60

/** Tests on the scene: the last, as they fill it. */
export function loadTests(scene: () => Scene): void {
  describe('much at once', () => {
    let records: OutgoingRecord[]
    beforeAll(async () => {
      // Spark would count all of it, on the same cores.
      await scene().stopJob()
      records = await recordsOf(scene(), 10_000)
    })

    test('2,000 records a second for a minute: the page does not grow, and the pipeline keeps its throughput', async () => {
      // Without the page, with it, without it: what drifts on the machine weighs on both alike.
      const alone = [await throughput(scene(), records)]
      const flow = await scene().open('/')
      const tail = await scene().open(`/topics/${topic.name}?from=live`)
      await tail.page.getByText('Live.').waitFor()
      const watched: number[] = []
      const heaps: number[][] = []
      for (let segment = 0; segment < 60 / segmentSeconds; segment++) {
        watched.push(await throughput(scene(), records))
        heaps.push(await Promise.all([flow.page, tail.page].map(heapBytes)))
        expect(await tail.page.locator('.record-row').count()).toBeLessThanOrEqual(mostRows)
      }
      await tail.page.getByText('the latest 2,000 are kept').waitFor()
      await closeQuiet(flow)
      await closeQuiet(tail)
      alone.push(await throughput(scene(), records))

      const [early = [], late = []] = [heaps[0], heaps.at(-1)]
      const growth = late.map((bytes, at) => bytes - (early[at] ?? 0))
      const figures = { alone: alone.map(Math.round), watched: watched.map(Math.round), early, late }
      process.stderr.write(`load: ${JSON.stringify(figures)}\n`)
      for (const bytes of growth) expect(bytes, JSON.stringify(figures)).toBeLessThan(1_000_000)
      // What the machine makes of the same without the page differs by this much from one time to the next.
      const noise = Math.abs((alone[0] ?? 0) - (alone[1] ?? 0)) / mean(alone)
      const loss = 1 - mean(watched) / mean(alone)
      expect(loss, JSON.stringify({ ...figures, noise })).toBeLessThan(0.05 + noise)
    }, 600_000)

    test('a topic of 100,000 records never freezes the page', async () => {
      const parked = `${topic.name}.parked`
      const producer = createProducer(scene().clients.kafka)
      onTestFinished(() => producer.disconnect())
      for (let sent = 0; sent < 100_000; sent += 2_000) await producer.send(parked, records.slice(0, 2_000))
      const opened = await scene().open('/topics')
      const { page } = opened
      await page.getByRole('row', { name: new RegExp(`^${parked} 100,`) }).waitFor()
      await page.evaluate(watchFrames)
      await page.getByRole('link', { name: parked }).click()
      const list = page.getByRole('region', { name: 'Records' })
      for (let pages = 0; pages < 3; pages++) {
        await list.getByRole('button').first().waitFor()
        await list.evaluate("document.querySelector('.virtual').scrollTop = 1e6")
        await page.getByRole('button', { name: 'Older' }).click()
        await page.getByText('100 records of').waitFor()
        expect(await page.locator('.record-row').count()).toBeLessThanOrEqual(mostRows)
      }
      await page.getByLabel('Text holds').fill('no value holds this')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByText('There is more to look at: go on.').waitFor()
      const { gaps, tasks } = await page.evaluate<{ gaps: number[]; tasks: number[] }>('window.frames_seen')
      const longest = { gap: Math.max(...gaps), task: Math.max(0, ...tasks) }
      process.stderr.write(`100,000 records: ${gaps.length} frames, longest ${JSON.stringify(longest)} ms\n`)
      expect(gaps.length).toBeGreaterThan(100)
      expect(longest.gap).toBeLessThan(1_000)
      await closeQuiet(opened)
    })
  })
}

/** Notes how long each frame and each task over 50 ms took, in ms. */
const watchFrames = `(() => {
  const seen = (window.frames_seen = { gaps: [], tasks: [] })
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => seen.tasks.push(duration))).observe({
    type: 'longtask',
  })
  let last = performance.now()
  const frame = (now) => {
    seen.gaps.push(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})()`

/** Users of so many different ids, encoded once. */
async function recordsOf({ clients }: Scene, count: number): Promise<OutgoingRecord[]> {
  const encoder = topicEncoder(topic, clients.registry)
  await encoder.prepare()
  const user = Object.fromEntries(topic.schema.fields.map(({ name }) => [name, `a ${name} of some length`]))
  return Array.from({ length: count }, () => {
    const id = crypto.randomUUID()
    return { key: id, value: encoder.encode({ ...user, id }), headers: {}, timestamp: Date.now() }
  })
}

/**
 * Records a second that the pipeline takes of 2,000 a second that come for 15 s: from the time when it has a tenth of
 * them to that when it has all, so that how long a batch waits at either end does not count.
 */
async function throughput({ clients }: Scene, records: readonly OutgoingRecord[]): Promise<number> {
  const total = perSecond * segmentSeconds
  const lag = async () => sumOfLag(await groupLag(clients.admin, group, topic.name))
  expect(await lag()).toBe(0)
  let sent = 0
  const produced = produceSteadily(clients, records, total, (count) => {
    sent += count
  })
  let tenthAt = 0
  for (;;) {
    // The ask before the count: what is sent meanwhile is not taken yet.
    const known = sent
    const taken = known - (await lag())
    const now = performance.now()
    if (tenthAt === 0 && taken >= total / 10) tenthAt = now
    if (taken >= total) {
      await produced
      return (0.9 * total * 1_000) / (now - tenthAt)
    }
    await delay(50)
  }
}

async function produceSteadily(
  { kafka }: Scene['clients'],
  records: readonly OutgoingRecord[],
  total: number,
  onSent: (count: number) => void,
): Promise<void> {
  const producer = createProducer(kafka)
  const each = (perSecond * tickMs) / 1_000
  const beganAt = performance.now()
  try {
    for (let sent = 0; sent < total; sent += each) {
      await delay(Math.max(0, beganAt + (sent / each) * tickMs - performance.now()))
      const from = sent % records.length
      const timestamp = Date.now()
      await producer.send(
        topic.name,
        records.slice(from, from + each).map((record) => ({ ...record, timestamp })),
      )
      onSent(each)
    }
  } finally {
    await producer.disconnect()
  }
}

/** What is in the page's memory after its garbage was taken away. */
async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
