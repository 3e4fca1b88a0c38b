import { expect, test } from 'vitest'
import { noCounts } from '../../../../src/core/job-progress.ts'
import { checkJobs } from '../../../../src/operations/doctor/doctor-jobs.ts'
import { jobFiles, type StoredStatus } from '../../../../src/operations/jobs/job-files.ts'
import { orders } from '../../../fixtures/orders.ts'
import { sums } from '../../../fixtures/sums-job.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'

const pid = 1
const running: StoredStatus = {
  job: sums.name,
  pipeline: orders.name,
  state: 'running',
  restarts: 0,
  failure: { code: 'JOB_FAILED', message: 'it ended', at: 1_000 },
  counts: { ...noCounts, records: 1_234 },
  latest: null,
  pid,
  writtenAt: 2_000,
  wordAt: 0,
}

function found(status: StoredStatus | null, isWanted = true) {
  const folder = temporaryFolder()
  const files = jobFiles(folder, sums.name)
  if (status) files.writeStatus(status)
  files.writeWord({ isWanted, at: 1 })
  return checkJobs([{ ...orders, analytics: [sums] }], { folder, pid })
}

test('a job that runs is well, whatever failed before', () => {
  expect(found(running)).toMatchObject([{ level: 'ok', detail: 'order_sums runs: 1,234 records', remedy: null }])
})

test.each([
  [
    'rests',
    () => found(running, false),
    'warning',
    'order_sums rests: records wait in Kafka',
    'jobs restart order_sums',
  ],
  [
    'waits after a failure',
    () => found({ ...running, state: 'waiting' }),
    'problem',
    'JOB_FAILED: it ended',
    'jobs show',
  ],
  ['is of an earlier start', () => found({ ...running, pid: 2 }), 'warning', 'does not run', '--no-analytics'],
  ['never ran', () => found(null), 'warning', 'does not run', '--no-analytics'],
  [
    'leaves records out',
    () => found({ ...running, counts: { ...noCounts, records: 9, late: 3, undecodable: 2 } }),
    'warning',
    '9 records, 2 not decodable, 0 without event time, 3 late',
    'jobs show',
  ],
] as const)('a job that %s is told with a remedy', (_, look, level, detail, remedy) => {
  expect(look()[0]).toMatchObject({
    check: 'analytics jobs',
    level,
    detail: expect.stringContaining(detail),
    remedy: expect.stringContaining(remedy),
  })
})
