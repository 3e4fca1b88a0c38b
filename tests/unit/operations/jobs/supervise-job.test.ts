import { expect, test } from 'vitest'
import { jobFailure } from '../../../../src/operations/jobs/supervise-job.ts'

test.each([
  ['', 'the query of job "sums" ended: it was stopped by Spark'],
  ['the disk is full', 'the query of job "sums" ended: the disk is full'],
  [
    'StreamingQueryException: [STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE] Provided key schema does not match existing',
    'the query of job "sums" ended: its checkpoint is of other groups or counts than its SQL has now: give the job another name, or begin with npm start -- --fresh',
  ],
])('a query that ended with %j is told as what to do about it', (failure, message) => {
  expect(jobFailure('sums', failure)).toMatchObject({ code: 'JOB_FAILED', message })
})

test('of a long failure its beginning is told', () => {
  expect(jobFailure('sums', 'x'.repeat(9_000)).message.length).toBeLessThan(600)
})
