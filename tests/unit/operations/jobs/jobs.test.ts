import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noCounts } from '../../../../src/core/job-progress.ts'
import { jobFiles, type StoredStatus } from '../../../../src/operations/jobs/job-files.ts'
import { jobs, wantJob } from '../../../../src/operations/jobs/jobs.ts'
import { listCells, showCells, wordText } from '../../../../src/operations/jobs/jobs-text.ts'
import { orders } from '../../../fixtures/orders.ts'
import { sums } from '../../../fixtures/sums-job.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'

const pipelines = [{ ...orders, analytics: [sums] }]
const { signal } = new AbortController()
const failure = { code: 'JOB_FAILED', message: 'it ended', at: 1_000 }

function stored(change: Partial<StoredStatus> = {}): StoredStatus {
  return {
    job: sums.name,
    pipeline: orders.name,
    state: 'running',
    restarts: 2,
    failure,
    counts: { ...noCounts, records: 1_234, late: 5, batchId: 7, watermarkMs: 60_000 },
    latest: null,
    pid: 1,
    writtenAt: 2_000,
    wordAt: 0,
    ...change,
  }
}

test('a job that never ran is wanted, and nobody supervises it', () => {
  const [job] = jobs(pipelines, { folder: temporaryFolder(), pid: 1 })
  expect(job).toEqual({ job: sums.name, pipeline: orders.name, isWanted: true, isSupervised: false, status: null })
})

test('a status is that of the process that runs the environment, or an old one', () => {
  const folder = temporaryFolder()
  jobFiles(folder, sums.name).writeStatus(stored())
  expect(jobs(pipelines, { folder, pid: 1 })).toMatchObject([{ isSupervised: true, status: { restarts: 2 } }])
  expect(jobs(pipelines, { folder, pid: 2 })).toMatchObject([{ isSupervised: false, status: { restarts: 2 } }])
})

test('files that cannot be read are as if they were not there', () => {
  const folder = temporaryFolder()
  const files = jobFiles(folder, sums.name)
  mkdirSync(join(folder, 'data', 'jobs', sums.name), { recursive: true })
  for (const name of ['word', 'status']) writeFileSync(join(folder, 'data', 'jobs', sums.name, `${name}.json`), '{')
  expect(files.readWord()).toEqual({ isWanted: true, at: 0 })
  expect(files.readStatus()).toBeNull()
})

test('a word stays; where nobody supervises the job it is not waited for', async () => {
  const folder = temporaryFolder()
  const received = await wantJob(pipelines, sums.name, false, { folder, pid: 1 }, signal)
  expect(received).toMatchObject({ isTakenOn: null, job: { isWanted: false } })
  expect(wordText(received)).toContain('is to rest; nobody supervises it now')
})

test('a word is taken on when the job says so itself, not before', async () => {
  const folder = temporaryFolder()
  const files = jobFiles(folder, sums.name)
  files.writeStatus(stored())
  const received = wantJob(pipelines, sums.name, false, { folder, pid: 1 }, signal)
  const { at } = files.readWord()
  expect(await Promise.race([received, Promise.resolve('waits')])).toBe('waits')
  files.writeStatus(stored({ state: 'stopped', wordAt: at }))
  expect(await received).toMatchObject({ isTakenOn: true })
  expect(wordText(await received)).toBe(`${sums.name} rests; its checkpoint stays`)
})

test('who stops waiting is told how the job stands', async () => {
  const folder = temporaryFolder()
  jobFiles(folder, sums.name).writeStatus(stored({ state: 'waiting' }))
  const received = await wantJob(pipelines, sums.name, true, { folder, pid: 1 }, AbortSignal.abort())
  expect(received.isTakenOn).toBe(false)
  expect(wordText(received)).toBe(`${sums.name} is to run, and is waiting: it ended`)
})

test('a word on a job that nobody declares is refused', async () => {
  const refused = wantJob(pipelines, 'sum', true, { folder: temporaryFolder(), pid: 1 }, signal)
  await expect(refused).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
})

test('the list and the whole of a job tell what was counted and why it ended last', () => {
  const folder = temporaryFolder()
  jobFiles(folder, sums.name).writeStatus(stored())
  const [job] = jobs(pipelines, { folder, pid: 1 })
  if (!job) throw new Error('no job')
  expect(listCells([job])[1]).toEqual([
    sums.name,
    orders.name,
    'run',
    'running',
    '1,234',
    '5',
    '1970-01-01T00:01:00.000Z',
    'it ended',
  ])
  expect(showCells(job).flat()).toEqual(
    expect.arrayContaining([
      ['last failure', '1970-01-01T00:00:01.000Z JOB_FAILED: it ended'],
      ['too late for their window', '5'],
      ['latest batch', 'none yet'],
    ]),
  )
})

test('a batch is shown as Spark Connect reports it, with the records of all its topics', () => {
  const latest = {
    batchId: 6,
    timestamp: '2026-01-01T00:00:00.000Z',
    batchDuration: 1_604,
    durationMs: { addBatch: 1_579 },
    stateOperators: [{ numRowsTotal: 7, memoryUsedBytes: 30_848 }],
    numInputRows: 1_306,
    inputRowsPerSecond: 120,
    sink: { numOutputRows: -1 },
    observedMetrics: {},
  }
  const [job] = jobs(pipelines, jobPlaceWith({ latest }))
  expect(job && showCells(job)[2]).toEqual([
    ['latest batch', '6, of 2026-01-01T00:00:00.000Z'],
    ['records', '1,306'],
    ['took', '1,604 ms'],
    ['groups in its state', '7, 30,848 bytes'],
    ['watermark', '1970-01-01T00:01:00.000Z'],
  ])
})

function jobPlaceWith(change: Partial<StoredStatus>) {
  const folder = temporaryFolder()
  jobFiles(folder, sums.name).writeStatus(stored(change))
  return { folder, pid: 1 }
}
