/**
 * What a page needs to begin: the token of its changes, and the names that can be searched for.
 */
import { Hono } from 'hono'
import { declaredJobs } from '../../../core/declared-jobs.ts'
import { ledgerTables } from '../../../core/ledger.ts'
import { stageMappings } from '../../../core/stage-mapping.ts'
import { topologyOf } from '../../../core/topology.ts'
import { latestActions } from '../../../operations/audit.ts'
import type { ConsoleContext } from '../context.ts'

const mostActions = 200

/** The routes. The token is that of every change. */
export function sessionRoutes({ environment, pipelines, place, epoch }: ConsoleContext, token: string) {
  const { topics, tables, subjects } = topologyOf(pipelines)
  const names = {
    pipelines: pipelines.map(({ name }) => name),
    topics: topics.map(({ name }) => name),
    tables: tables.map(({ name }) => name),
    ledgerTables: ledgerTables.map(({ name }) => name),
    subjects: subjects.map(({ subject }) => subject),
    eventSources: pipelines.flatMap(stageMappings).map(({ id }) => id),
    jobs: declaredJobs(pipelines).map(({ job }) => job.name),
  }
  return new Hono()
    .get('/session', (c) => c.json({ environment, epoch, token, names }))
    .get('/audit', async (c) => c.json(await latestActions(place.folder, mostActions)))
}
