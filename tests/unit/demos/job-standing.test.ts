import { expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/clickstream.ts'
import type { DeclaredJob } from '../../../src/core/declared-jobs.ts'
import { noCounts } from '../../../src/core/job-progress.ts'
import type { DemoPlace } from '../../../src/demos/demo.ts'
import { isSettled, jobStanding, settledJobs } from '../../../src/demos/job-standing.ts'
import { recordsOf } from './records.ts'

const minute = 60_000
const declared = { job: pipeline.analytics?.[0], pipeline } as DeclaredJob
const latest = Date.UTC(2026, 0, 1, 12)

/** A topic of two records. What is looked at only when all is counted and closed fails. */
function placeOf(records: number, watermarkMs: number, unseenBatches = 0): DemoPlace {
  return {
    get clients(): never {
      throw new Error('it looked further')
    },
    recordsOf: async () => recordsOf([{ occurred_at: latest }, { occurred_at: latest - minute }]),
    sizeOf: async () => 2,
    rowsOf: async () => [],
    countsOf: () => ({ ...noCounts, records, watermarkMs, unseenBatches }),
  }
}

test('a job that has not counted all records is not settled', async () => {
  const standing = await jobStanding(declared, placeOf(1, latest))
  expect(standing).toMatchObject({ job: 'shop_sessions', counted: 1, records: 2, isClosed: false })
  expect(isSettled(standing)).toBe(false)
})

test('a watermark that does not know the latest record yet leaves windows to be closed', async () => {
  const standing = await jobStanding(declared, placeOf(2, latest - 65 * minute - 1))
  expect(standing).toMatchObject({ counted: 2, isClosed: false })
  expect(isSettled(standing)).toBe(false)
})

test('with all counted and closed, what is left to be written is looked at', async () => {
  await expect(jobStanding(declared, placeOf(2, latest - 65 * minute))).rejects.toThrow('it looked further')
})

test.each([
  [{}, true],
  [{ counted: 1 }, false],
  [{ isClosed: false }, false],
  [{ lag: 1 }, false],
  [{ unaccounted: 1 }, false],
  [{ unaccounted: 1, deadLettered: 1 }, true],
])('settled with %j: %s', (change, expected) => {
  const settled = {
    job: 'a',
    counted: 2,
    records: 2,
    isClosed: true,
    lag: 0,
    results: 1,
    unaccounted: 0,
    deadLettered: 0,
  }
  expect(isSettled({ ...settled, ...change })).toBe(expected)
})

test('jobs that get no further are told, with how far they are', async () => {
  const lines: string[] = []
  const settled = settledJobs(
    [declared],
    placeOf(1, 0, 3),
    '/env',
    new AbortController().signal,
    (line) => lines.push(line),
    0,
  )
  await expect(settled).rejects.toMatchObject({
    code: 'JOB_FAILED',
    message:
      'the jobs got no further: 0 of 1 jobs are settled; shop_sessions 1 of 2 records, and 3 batches ran uncounted: see /env/logs/spark.log, and start the demo again',
  })
  expect(lines).toEqual(['0 of 1 jobs are settled; shop_sessions 1 of 2 records'])
})
