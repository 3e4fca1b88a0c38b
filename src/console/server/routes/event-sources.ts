/**
 * Event source mappings, and an operator's word on them.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { recordAction } from '../../../operations/audit.ts'
import { eventSource, eventSources, wantEventSource } from '../../../operations/event-sources/event-sources.ts'
import type { ConsoleContext } from '../context.ts'
import { body } from '../input.ts'
import { shared } from '../shared.ts'

/** The routes. */
export function eventSourceRoutes({ place, signal }: ConsoleContext) {
  const all = shared(500, () => eventSources(place))
  return new Hono()
    .get('/event-sources', async (c) => c.json(await all()))
    .get('/event-sources/:id', async (c) => c.json(await eventSource(c.req.param('id'), place)))
    .post('/event-sources/:id/want', body(v.object({ isWanted: v.boolean() })), async (c) => {
      const { isWanted } = c.req.valid('json')
      const id = c.req.param('id')
      await recordAction(place.folder, isWanted ? 'enable event source' : 'disable event source', id)
      return c.json(await wantEventSource(id, isWanted, place, signal))
    })
}
