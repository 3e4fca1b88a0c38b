/**
 * Versions of a key in one millisecond, as a producer makes them that sends hundreds at once.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import type { FaultEnvironment } from './environment.ts'
import { keys, type VersionMaker, versionMaker, watchRows } from './ordering-rows.ts'
import { type PollerProcess, startPollerProcess } from './poller-kills.ts'
import { unscheduledEnvironment } from './source-runs.ts'

let environment: FaultEnvironment
let version: VersionMaker
let poller: PollerProcess | undefined

beforeAll(async () => {
  environment = await unscheduledEnvironment('ordering-ties')
  version = await versionMaker(environment)
  await environment.poller.stop()
})
afterEach(() => poller?.kill())
afterAll(() => environment?.remove())

const partition = 3
const whole = { pending: 0, unaccounted: 0, deadLettered: 0 }

/** Fills the partition with other keys up to an offset of that remainder, and has it all written. */
async function fillTo(remainder: number): Promise<void> {
  const { end } = await offsetBounds(environment.clients.admin, 'users_created')
  const missing = (1_000 + remainder - ((end.get(partition) ?? 0) % 1_000)) % 1_000
  const records = keys(missing).map((key) => version(key, 1, { partition }))
  const run = await environment.publishAsRun(`fill-to-${remainder}`, records)
  expect(await environment.settled(run)).toMatchObject({ ...whole, written: missing })
}

async function firstOffset(run: string): Promise<number> {
  const [range, ...more] = await environment.ledger.published(run)
  expect([range?.partition, more]).toEqual([partition, []])
  return range?.firstOffset ?? -1
}

test('a thousand versions of ten keys in one millisecond, brought twice: no row goes back, and each ends as the last', async () => {
  poller = startPollerProcess(environment.endpoints.aws)
  await fillTo(0)
  await poller.stop()
  const watched = keys(10)
  const rows = watchRows(environment, watched)
  const timestamp = Date.now()
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1)
  const run = await environment.publishAsRun(
    'one-millisecond',
    numbers.flatMap((number) => watched.map((key) => version(key, number, { partition, timestamp }))),
  )
  expect((await firstOffset(run)) % 1_000).toBe(0)
  poller = startPollerProcess(environment.endpoints.aws, { commitIntervalMs: 600_000 })
  await rows.advanced(watched.length)
  await poller.kill()
  poller = startPollerProcess(environment.endpoints.aws)
  expect(await environment.settled(run)).toMatchObject({ ...whole, written: 1_000 })
  expect(new Set(await rows.end())).toEqual(new Set([100]))
  expect(rows.steppedBack).toEqual([])
})

test('versions of one millisecond on both sides of a multiple of 1000 offsets, in two batches: the first stays until the next millisecond', async () => {
  poller = startPollerProcess(environment.endpoints.aws)
  await fillTo(999)
  const [key = ''] = keys(1)
  const timestamp = Date.now()
  const bring = async (number: number, time: number) => {
    const run = await environment.publishAsRun(`two-batches-${number}`, [
      version(key, number, { partition, timestamp: time }),
    ])
    expect(await environment.settled(run)).toMatchObject({ ...whole, written: 1 })
    return { offset: await firstOffset(run), rows: await watchRows(environment, [key]).end() }
  }
  const first = await bring(1, timestamp)
  expect([first.offset % 1_000, first.rows]).toEqual([999, [1]])
  const tied = await bring(2, timestamp)
  expect([tied.offset, tied.rows]).toEqual([first.offset + 1, [1]])
  expect((await bring(3, timestamp + 1)).rows).toEqual([3])
})

test('versions of one millisecond on both sides of a multiple of 1000 offsets, in one batch: the last wins', async () => {
  poller = startPollerProcess(environment.endpoints.aws)
  await fillTo(997)
  await poller.stop()
  const [key = ''] = keys(1)
  const timestamp = Date.now()
  const records = [1, 2, 3, 4, 5, 6].map((number) => version(key, number, { partition, timestamp }))
  const run = await environment.publishAsRun('both-sides', records)
  expect((await firstOffset(run)) % 1_000).toBe(997)
  poller = startPollerProcess(environment.endpoints.aws)
  expect(await environment.settled(run)).toMatchObject({ ...whole, written: 6 })
  expect(await watchRows(environment, [key]).end()).toEqual([6])
})
