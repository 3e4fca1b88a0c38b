import type { Client } from 'cassandra-driver'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clients } from '../../../../src/operations/clients.ts'
import { type FlowPicture, watchFlow } from '../../../../src/operations/flow/flow.ts'
import { nextRunAt, tookMs } from '../../../../src/operations/runs/runs.ts'
import type { Run } from '../../../../src/runtime/ledger.ts'
import { memoryKafka } from '../../../fixtures/memory-kafka.ts'
import { orders } from '../../../fixtures/orders.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'

const [first, second] = [orders.topic.name, orders.process?.topic.name ?? '']

/** A watch of services that the test changes, and its next picture that fits. */
function watched() {
  const world = { isPaused: false, isAway: false }
  const empty = [{ start: 0, records: [] }]
  const two = [{ start: 0, records: [1, 2].map((at) => ({ at, value: 'v' })) }]
  const topics = { [first]: two, [second]: empty, [`${first}.dlt`]: empty, [`${second}.dlt`]: empty }
  const commits = { 'sluice-orders-process': { [first]: [1] }, 'sluice-orders-write': { [second]: [0] } }
  const cassandra = {
    async execute(query: string) {
      if (world.isAway) throw new Error('no host is reachable')
      const isState = query.includes('sluice.schedule_states') && world.isPaused
      const rows = isState ? [{ pipeline: 'orders', state: 'paused' }] : []
      return { rows, first: () => rows[0] ?? null, pageState: null }
    },
  }
  const clients = { ...memoryKafka(topics, commits), cassandra: cassandra as unknown as Client } as Clients
  const watch = watchFlow([orders], clients, temporaryFolder())
  onTestFinished(() => watch.stop())
  const pictureThat = (fits: (picture: FlowPicture) => boolean) =>
    new Promise<FlowPicture>((resolve) => {
      const stop = watch.listen((picture) => {
        if (!fits(picture)) return
        stop()
        resolve(picture)
      })
    })
  return { world, watch, pictureThat }
}

describe('a watched flow', () => {
  test('shows how far each stage is behind, and when the schedule fires next', async () => {
    const { pictureThat } = watched()
    const { pipelines, at } = await pictureThat(({ problem }) => problem === null)
    const [flow] = pipelines
    expect(flow?.hops.filter(({ lag }) => lag !== null).map(({ kind, lag }) => [kind, lag])).toEqual([
      ['process', 1],
      ['write', 0],
    ])
    expect(flow).toMatchObject({ isPaused: false, latestRun: null, proof: null })
    expect(flow?.nextRunAt).toBeGreaterThan(at)
  })

  test('shows a paused schedule, and what is not well as an incident', async () => {
    const { world, watch, pictureThat } = watched()
    world.isPaused = true
    const { pipelines } = await pictureThat(({ pipelines }) => pipelines[0]?.isPaused === true)
    expect(pipelines[0]).toMatchObject({ nextRunAt: null })
    expect(watch.incidents().map(({ hop, state, until }) => [hop, state, until])).toContainEqual([
      'ingest',
      'paused',
      null,
    ])
    world.isPaused = false
    await pictureThat((picture) => picture.pipelines[0]?.isPaused === false)
    expect(watch.incidents().find(({ hop }) => hop === 'ingest')?.until).not.toBeNull()
  })

  test('that cannot be looked at says so, keeps what it knew, and goes on', async () => {
    const { world, watch, pictureThat } = watched()
    await pictureThat(({ problem }) => problem === null)
    world.isAway = true
    const lost = await pictureThat(({ problem }) => problem !== null)
    expect(lost.problem).toContain('Cassandra')
    expect(lost.pipelines).toHaveLength(1)
    world.isAway = false
    const found = await pictureThat(({ problem }) => problem === null)
    expect(found.number).toBeGreaterThan(lost.number)
    expect(watch.points(-1).map(({ number }) => number)).not.toContain(lost.number)
  })
})

test('the next run of a rate follows the latest tick, whatever was run by hand since', () => {
  const now = Date.parse('2026-03-01T10:00:30Z')
  const ran = (id: string, time: string) => ({ id, scheduledAt: Date.parse(time) }) as Run
  const tick = ran('20260301T095920Z-schedule', '2026-03-01T09:59:20Z')
  const byHand = ran('20260301T100005Z-1a2b3c4d', '2026-03-01T10:00:05Z')
  expect(nextRunAt(orders, now, [byHand, tick])).toBe(Date.parse('2026-03-01T10:01:20Z'))
  expect(nextRunAt(orders, now, [byHand])).toBe(Date.parse('2026-03-01T10:01:00Z'))
})

test('a run took what it took from its begin; one that was done again, what its latest attempt did', () => {
  const run = { startedAt: 1_000, finishedAt: 5_000, attempts: 1, fetchMs: 300, publishMs: 200 } as Run
  expect(tookMs(run)).toBe(4_000)
  expect(tookMs({ ...run, attempts: 2 })).toBe(500)
  expect(tookMs({ ...run, finishedAt: null })).toBeNull()
})
