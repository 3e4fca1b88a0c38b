/**
 * Analytics jobs: how each is, its results, and an operator's word on it.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { recordAction } from '../../../operations/audit.ts'
import { findJob } from '../../../operations/jobs/find-job.ts'
import { jobResults } from '../../../operations/jobs/job-results.ts'
import { jobView, jobViews } from '../../../operations/jobs/job-view.ts'
import { ownJobs, wantJob } from '../../../operations/jobs/jobs.ts'
import type { ConsoleContext } from '../context.ts'
import { body, count, query } from '../input.ts'

const hourMs = 3_600_000
const resultsQuery = v.object({
  /** How far back. */
  hours: count(24, 1),
  /** One series; empty for all. */
  of: v.optional(v.string()),
})

/** The routes. */
export function jobRoutes({ pipelines, clients, place, signal }: ConsoleContext) {
  const own = ownJobs(place.folder)
  return new Hono()
    .get('/jobs', async (c) => c.json(await jobViews(pipelines, own)))
    .get('/jobs/:job', async (c) => c.json(await jobView(pipelines, c.req.param('job'), own)))
    .get('/jobs/:job/results', query(resultsQuery), async (c) => {
      const { hours, of = null } = c.req.valid('query')
      const asked = { since: Date.now() - hours * hourMs, of }
      return c.json(await jobResults(pipelines, c.req.param('job'), asked, clients))
    })
    .post('/jobs/:job/want', body(v.object({ isWanted: v.boolean() })), async (c) => {
      const { isWanted } = c.req.valid('json')
      const { name } = findJob(pipelines, c.req.param('job')).job
      await recordAction(place.folder, isWanted ? 'restart job' : 'stop job', name)
      const { isTakenOn } = await wantJob(pipelines, name, isWanted, own, signal)
      return c.json({ isWanted, isTakenOn })
    })
}
