/**
 * Tables, read only.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { recordAction } from '../../../operations/audit.ts'
import { tablePage, tableViews } from '../../../operations/tables/table-page.ts'
import type { ConsoleContext } from '../context.ts'
import { body, count, query } from '../input.ts'

const key = v.array(v.string())

/** The routes. */
export function tableRoutes({ pipelines, clients, place }: ConsoleContext) {
  return new Hono()
    .get('/tables', (c) => c.json(tableViews(pipelines)))
    .get(
      '/tables/:table/rows',
      query(
        v.object({
          /** A text for each column of the partition key, as a JSON list. */
          key: v.optional(v.pipe(v.string(), v.parseJson(), key)),
          page: v.optional(v.pipe(v.string(), v.hexadecimal())),
          limit: count(200, 50),
        }),
      ),
      async (c) => {
        const { key: given = null, page = null, limit } = c.req.valid('query')
        const request = { table: c.req.param('table'), key: given, page, limit, isRevealed: false }
        return c.json(await tablePage(request, pipelines, clients))
      },
    )
    .post('/tables/:table/reveal', body(v.object({ key })), async (c) => {
      const table = c.req.param('table')
      const { key: given } = c.req.valid('json')
      await recordAction(place.folder, 'reveal rows', `${table} ${given.join(' ')}`)
      return c.json(
        await tablePage({ table, key: given, page: null, limit: 200, isRevealed: true }, pipelines, clients),
      )
    })
}
