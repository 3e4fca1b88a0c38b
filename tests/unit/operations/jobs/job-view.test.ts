import { describe, expect, test } from 'vitest'
import type { JobDefinition } from '../../../../src/core/job.ts'
import { type BatchProgress, noCounts } from '../../../../src/core/job-progress.ts'
import type { Pipeline } from '../../../../src/core/pipeline.ts'
import { conditionOf } from '../../../../src/operations/jobs/job-condition.ts'
import { jobFiles, type StoredStatus } from '../../../../src/operations/jobs/job-files.ts'
import { jobView, jobViews } from '../../../../src/operations/jobs/job-view.ts'
import type { Job } from '../../../../src/operations/jobs/jobs.ts'
import { orders } from '../../../fixtures/orders.ts'
import { sums } from '../../../fixtures/sums-job.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'

const at = Date.parse('2026-03-01T10:00:00Z')
const batch: BatchProgress = {
  batchId: 7,
  timestamp: '2026-03-01T10:00:00.000Z',
  batchDuration: 420,
  numInputRows: 90,
  inputRowsPerSecond: 45,
  durationMs: { addBatch: 400 },
  stateOperators: [
    { numRowsTotal: 3, memoryUsedBytes: 1_000 },
    { numRowsTotal: 4, memoryUsedBytes: 500 },
  ],
  sink: { numOutputRows: 3 },
  observedMetrics: { o: { records: 90 } },
}
const failure = { code: 'JOB_FAILED', message: 'it ended', at: at + 1 }

function status(changes: Partial<StoredStatus> = {}): StoredStatus {
  return {
    ...{ job: sums.name, pipeline: orders.name, state: 'running', restarts: 2, failure: null, latest: batch },
    ...{ counts: { ...noCounts, records: 90, batchId: 7 }, pid: 1, writtenAt: at, wordAt: 0 },
    ...changes,
  }
}

describe('a job', () => {
  const job = (changes: Partial<Job>): Job => ({
    ...{ job: 'j', pipeline: 'p', isWanted: true, isSupervised: true, status: status() },
    ...changes,
  })

  test.each<[string, Partial<Job>]>([
    ['running', {}],
    ['running', { status: status({ failure }) }],
    ['unsupervised', { status: null, isSupervised: false }],
    ['unsupervised', { isSupervised: false }],
    ['starting', { status: status({ state: 'starting' }) }],
    ['starting', { status: status({ state: 'starting', failure: { ...failure, at: at - 1 } }) }],
    ['starting', { status: status({ state: 'stopped' }) }],
    ['failing', { status: status({ state: 'waiting', failure }) }],
    ['failing', { status: status({ state: 'starting', failure }) }],
    ['failing', { status: status({ state: 'starting', failure, latest: null }) }],
    ['resting', { isWanted: false, status: status({ state: 'stopped' }) }],
    ['resting', { isWanted: false, isSupervised: false }],
    ['running', { isWanted: false }],
  ])('is %s: %o', (condition, changes) => {
    expect(conditionOf(job(changes))).toBe(condition)
  })
})

describe('a view', () => {
  const pipelineWith = (...analytics: JobDefinition[]): Pipeline => ({ ...orders, analytics })

  test('has what the job reads, what it counted, its latest batch, and what to do about its failure', async () => {
    const folder = temporaryFolder()
    jobFiles(folder, sums.name).writeStatus(status({ state: 'waiting', failure }))
    expect(await jobView([pipelineWith(sums)], sums.name, { folder, pid: 1 })).toEqual({
      job: sums.name,
      pipeline: orders.name,
      condition: 'failing',
      isWanted: true,
      sources: [{ topic: 'orders', eventTime: 'record_time', watermark: '10 seconds' }],
      window: 'windows of 1 minute',
      outputMode: 'update',
      standing: {
        at,
        restarts: 2,
        counts: { ...noCounts, records: 90, batchId: 7 },
        failure: { ...failure, remedy: expect.objectContaining({ todo: expect.stringContaining('correct `spark/') }) },
        batch: {
          ...{ number: 7, at, records: 90, recordsPerSecond: 45, tookMs: 420 },
          state: { groups: 7, bytes: 1_500 },
        },
      },
    })
  })

  test('of one that never ran has nothing counted', async () => {
    const view = await jobView([pipelineWith(sums)], sums.name, { folder: temporaryFolder(), pid: 1 })
    expect(view).toMatchObject({ condition: 'unsupervised', standing: null })
  })

  test('of a job that nobody declares is refused', async () => {
    const asked = jobView([orders], 'none', { folder: temporaryFolder(), pid: 1 })
    await expect(asked).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
  })

  test('says windows in words', async () => {
    const sliding: JobDefinition = { ...sums, name: 'sliding', window: { size: '6 minutes', slide: '1 minute' } }
    const sessions: JobDefinition = { ...sums, name: 'sessions', window: { gap: '30 minutes' } }
    const views = await jobViews([pipelineWith(sliding, sessions)], { folder: temporaryFolder(), pid: 1 })
    expect(views.map(({ window }) => window)).toEqual([
      'windows of 6 minutes, one each 1 minute',
      'sessions that end after 30 minutes without a record',
    ])
  })
})
