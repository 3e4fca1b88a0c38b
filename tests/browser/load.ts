/** Much at once: a page that is open while 2,000 records a second go by, and a topic of 100,000 records. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { createProducer, type OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { groupLag } from '../../src/operations/flow/lag.ts'
import { topicEncoder } from '../../src/runtime/topic-codec.ts'
import { closeQuiet, type Scene } from './scene.ts'

const perSecond = 2_000
const tickMs = 100
const segmentSeconds = 15
const group = 'sluice-users-write'
const topic = pipeline.process?.topic as AnyTopic
/** A machine that differs more than this from itself says nothing. */
const mostNoise = 0.25
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
      const stream = produceSteadily(scene(), records)
      onTestFinished(() => stream.stop())
      // Without the page, with it, without it: what drifts on the machine weighs on both alike.
      const alone = [await throughput(scene())]
      const flow = await scene().open('/')
      const tail = await scene().open(`/topics/${topic.name}?from=live`)
      await tail.page.getByText('Live.').waitFor()
      const watched: number[] = []
      const heaps: number[][] = []
      for (let segment = 0; segment < 60 / segmentSeconds; segment++) {
        watched.push(await throughput(scene()))
        heaps.push(await Promise.all([flow.page, tail.page].map(heapBytes)))
        expect(await tail.page.locator('.record-row').count()).toBeLessThanOrEqual(mostRows)
      }
      await tail.page.getByText('the latest 2,000 are kept').waitFor()
      await closeQuiet(flow)
      await closeQuiet(tail)
      alone.push(await throughput(scene()))

      const [early = [], late = []] = [heaps[0], heaps.at(-1)]
      // What the machine makes of the same differs by so much from one time to the next.
      const noise = Math.min(mostNoise, (spread(alone) + spread(watched)) / 2 / mean(alone))
      const loss = 1 - mean(watched) / mean(alone)
      const figures = { sentPerSecond: stream.perSecond(), alone, watched, loss, noise, early, late }
      process.stderr.write(`load: ${JSON.stringify(figures)}\n`)
      for (const [at, bytes] of late.entries()) expect(bytes - (early[at] ?? 0), 'growth in bytes').toBeLessThan(1e6)
      expect(loss, JSON.stringify(figures)).toBeLessThan(0.05 + noise)
    })

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

/** Records a second that the pipeline takes, over 15 s. */
async function throughput({ clients }: Scene): Promise<number> {
  const taken = async () => {
    const partitions = await groupLag(clients.admin, group, topic.name)
    return { count: partitions.reduce((sum, { committed }) => sum + (committed ?? 0), 0), at: performance.now() }
  }
  const before = await taken()
  await delay(segmentSeconds * 1_000)
  const after = await taken()
  return Math.round(((after.count - before.count) * 1_000) / (after.at - before.at))
}

/** Produces so many records a second until it is stopped; what was held up follows at once. */
function produceSteadily({ clients }: Scene, records: readonly OutgoingRecord[]) {
  const producer = createProducer(clients.kafka)
  const each = (perSecond * tickMs) / 1_000
  const beganAt = performance.now()
  let isEnding = false
  let sent = 0
  const work = async () => {
    while (!isEnding) {
      await delay(Math.max(0, beganAt + (sent / each) * tickMs - performance.now()))
      const timestamp = Date.now()
      const from = sent % records.length
      await producer.send(
        topic.name,
        records.slice(from, from + each).map((record) => ({ ...record, timestamp })),
      )
      sent += each
    }
  }
  const ended = work()
  return {
    perSecond: () => Math.round((sent * 1_000) / (performance.now() - beganAt)),
    async stop() {
      isEnding = true
      await ended
      await producer.disconnect()
    },
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

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
