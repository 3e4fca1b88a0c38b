/**
 * Runs: their grid, one with its log, and what an operator does about them.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { type RunOutcome, runOutcomes } from '../../../core/run-state.ts'
import { recordAction } from '../../../operations/audit.ts'
import { findPipeline } from '../../../operations/find-pipeline.ts'
import { logParts } from '../../../operations/logs/function-log-text.ts'
import { logOfRun } from '../../../operations/logs/run-logs.ts'
import { remedyOf } from '../../../operations/remedy.ts'
import {
  type BackfilledRun,
  backfill,
  backfillChoices,
  backfillRange,
  type PlannedRun,
  planBackfill,
} from '../../../operations/runs/backfill.ts'
import { driftLines } from '../../../operations/runs/drift-text.ts'
import { runHopNames, runHops } from '../../../operations/runs/run-hops.ts'
import {
  isRetryable,
  listRuns,
  type RunReport,
  retryRun,
  runsBetween,
  runsNamed,
  showRun,
  tookMs,
} from '../../../operations/runs/runs.ts'
import { pauseSchedule, resumeSchedule } from '../../../operations/runs/schedules.ts'
import { trigger } from '../../../operations/runs/trigger.ts'
import type { ConsoleContext } from '../context.ts'
import { body, count, query, wholeNumber } from '../input.ts'

const gridQuery = v.object({
  state: v.optional(v.picklist(runOutcomes)),
  /** Schedule times in ms since the epoch; `to` is not included. */
  from: v.optional(wholeNumber),
  to: v.optional(wholeNumber),
  limit: count(500, 40),
})
const backfillBody = v.object({
  from: v.number(),
  to: v.number(),
  choice: v.picklist(backfillChoices),
  isDryRun: v.boolean(),
})

/** Most planned runs that are listed; all are counted. */
const mostPlanned = 500

/** The routes. */
export function runRoutes({ pipelines, clients, place }: ConsoleContext) {
  const { aws } = place.endpoints
  const pipelineOf = (name: string) => findPipeline(pipelines, name)
  const columnOf = (pipeline: string, report: RunReport) => {
    const { run, standing } = report
    const { id, scheduledAt, startedAt, attempts } = run
    const hops = runHops(pipelineOf(pipeline), report)
    return { id, scheduledAt, startedAt, attempts, tookMs: tookMs(run), ...standing, hops }
  }
  return new Hono()
    .get('/runs/:pipeline', query(gridQuery), async (c) => {
      const { state = null, from, to, limit } = c.req.valid('query')
      const pipeline = pipelineOf(c.req.param('pipeline'))
      const isBetween = from !== undefined || to !== undefined
      const between = isBetween ? { from: from ?? 0, to: to ?? Date.now() } : null
      const found = await listRuns(pipeline, clients, { state: state as RunOutcome | null, between, count: limit })
      const runs = found.map((report) => columnOf(pipeline.name, report))
      return c.json({ pipeline: pipeline.name, hops: runHopNames(pipeline), runs })
    })
    .get('/runs-named/:id', async (c) => c.json(await runsNamed(pipelines, c.req.param('id'), clients)))
    .get('/runs/:pipeline/:run', async (c) => {
      const pipeline = pipelineOf(c.req.param('pipeline'))
      const report = await showRun(pipeline, c.req.param('run'), clients)
      const { run, verdict, standing } = report
      return c.json({
        ...{ run, verdict, standing, isRetryable: isRetryable(standing), tookMs: tookMs(run) },
        hops: runHops(pipeline, report),
        drift: driftLines(run.drift),
        remedy: standing.error ? await remedyOf(standing.error.code) : null,
      })
    })
    .get('/runs/:pipeline/:run/log', async (c) => {
      const pipeline = pipelineOf(c.req.param('pipeline'))
      const { run } = await showRun(pipeline, c.req.param('run'), clients)
      const lines = await logOfRun(aws, [pipeline], run.id, Math.min(run.scheduledAt, run.startedAt))
      return c.json(lines.map((line) => ({ id: line.id, functionName: line.functionName, ...logParts(line) })))
    })
    .post('/runs/:pipeline/:run/retry', async (c) => {
      const pipeline = pipelineOf(c.req.param('pipeline'))
      const run = c.req.param('run')
      await recordAction(place.folder, 'retry run', `${pipeline.name} ${run}`)
      return c.json(await retryRun(aws, pipeline, run, clients))
    })
    .post('/pipelines/:pipeline/trigger', async (c) => {
      const pipeline = pipelineOf(c.req.param('pipeline'))
      await recordAction(place.folder, 'trigger run', pipeline.name)
      return c.json(await trigger(aws, pipeline))
    })
    .post('/pipelines/:pipeline/schedule', body(v.object({ isPaused: v.boolean() })), async (c) => {
      const { name } = pipelineOf(c.req.param('pipeline'))
      const { isPaused } = c.req.valid('json')
      await recordAction(place.folder, isPaused ? 'pause schedule' : 'resume schedule', name)
      await (isPaused ? pauseSchedule(aws, clients, name) : resumeSchedule(aws, clients, name))
      return c.json({ pipeline: name, isPaused })
    })
    .post('/pipelines/:pipeline/backfill', body(backfillBody), async (c) => {
      const pipeline = pipelineOf(c.req.param('pipeline'))
      const { choice, isDryRun, ...given } = c.req.valid('json')
      const range = backfillRange(given.from, given.to, Date.now())
      const runs = await runsBetween(pipeline, clients, range.from, range.to)
      const plan = planBackfill(pipeline, runs, { ...range, choice })
      const done: BackfilledRun[] = []
      if (!isDryRun) {
        const times = [range.from, range.to].map((at) => new Date(at).toISOString()).join(' ')
        await recordAction(place.folder, 'backfill', `${pipeline.name} ${times} ${choice}`)
        await backfill(aws, pipeline, plan, { concurrency: 1, onRun: (run) => done.push(run) })
      }
      const failed = done.filter(({ error }) => error !== null)
      return c.json({ count: plan.length, runs: plan.slice(0, mostPlanned).map(plannedOf), done: done.length, failed })
    })
}

function plannedOf({ run, at, because }: PlannedRun): Pick<PlannedRun, 'run' | 'at' | 'because'> {
  return { run, at, because }
}
