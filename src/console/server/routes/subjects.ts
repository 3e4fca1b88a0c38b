/**
 * Subjects of the registry, and their versions.
 */
import { Hono } from 'hono'
import { subjectVersions } from '../../../operations/topics/subjects.ts'
import type { ConsoleContext } from '../context.ts'

/** The routes. */
export function subjectRoutes({ clients }: ConsoleContext) {
  return new Hono()
    .get('/subjects', async (c) => c.json((await clients.registry.subjects()).sort()))
    .get('/subjects/:subject', async (c) => c.json(await subjectVersions(c.req.param('subject'), clients)))
}
