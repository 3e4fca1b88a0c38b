/**
 * The way of one record.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { findPipeline } from '../../../operations/find-pipeline.ts'
import { trace, traceAmong } from '../../../operations/runs/trace.ts'
import { traceView } from '../../../operations/runs/trace-view.ts'
import type { ConsoleContext } from '../context.ts'
import { query } from '../input.ts'

const traceQuery = v.object({ pipeline: v.optional(v.string()), run: v.optional(v.string()) })

/** The routes. */
export function traceRoutes({ pipelines, clients, place }: ConsoleContext) {
  return new Hono().get('/trace/:record', query(traceQuery), async (c) => {
    const { pipeline, run = null } = c.req.valid('query')
    const among = pipeline === undefined ? pipelines : [findPipeline(pipelines, pipeline)]
    const found = await traceAmong(among, c.req.param('record'), run, (each) =>
      trace(each, c.req.param('record'), run, clients, place.endpoints.aws),
    )
    return c.json(traceView(found, pipelines))
  })
}
