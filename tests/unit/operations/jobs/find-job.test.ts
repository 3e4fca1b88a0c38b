import { expect, test } from 'vitest'
import { declaredJobs } from '../../../../src/core/declared-jobs.ts'
import { findJob } from '../../../../src/operations/jobs/find-job.ts'
import { orders } from '../../../fixtures/orders.ts'
import { sums } from '../../../fixtures/sums-job.ts'

const pipeline = { ...orders, analytics: [sums] }

test('a job is found with the pipeline that declares it', () => {
  expect(declaredJobs([orders, pipeline])).toEqual([{ job: sums, pipeline }])
  expect(findJob([orders, pipeline], sums.name)).toEqual({ job: sums, pipeline })
})

test('a job that nobody declares is refused with the names there are', () => {
  const refusal = (message: string) => expect.objectContaining({ code: 'JOB_UNKNOWN', message })
  expect(() => findJob([pipeline], 'sum')).toThrow(refusal(`there is no job "sum": there are ${sums.name}`))
  expect(() => findJob([orders], 'sum')).toThrow(refusal('there is no job "sum": no pipeline declares one'))
})
