/**
 * The console's server as one app: who may ask, what is answered, and the pages.
 */
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import type { ConsoleContext } from './context.ts'
import { failureAnswer } from './failure.ts'
import { sameOrigin, securityHeaders, withToken } from './guard.ts'
import { type PageFiles, pageRoutes } from './pages.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { eventSourceRoutes } from './routes/event-sources.ts'
import { flowRoutes } from './routes/flow.ts'
import { jobRoutes } from './routes/jobs.ts'
import { runRoutes } from './routes/runs.ts'
import { sessionRoutes } from './routes/session.ts'
import { subjectRoutes } from './routes/subjects.ts'
import { tableRoutes } from './routes/tables.ts'
import { topicRoutes } from './routes/topics.ts'
import { traceRoutes } from './routes/trace.ts'

function api(context: ConsoleContext, token: string) {
  return new Hono()
    .route('/', sessionRoutes(context, token))
    .route('/', flowRoutes(context))
    .route('/', runRoutes(context))
    .route('/', traceRoutes(context))
    .route('/', topicRoutes(context))
    .route('/', subjectRoutes(context))
    .route('/', eventSourceRoutes(context))
    .route('/', deadLetterRoutes(context))
    .route('/', tableRoutes(context))
    .route('/', jobRoutes(context))
}

/** The type that clients are made from. */
export type ConsoleApi = ReturnType<typeof api>

/** The app. `port` answers where it listens, which is known only later. */
export function consoleApp(context: ConsoleContext, port: () => number, pages: () => Promise<PageFiles>): Hono {
  const token = randomBytes(24).toString('base64url')
  return new Hono()
    .use(securityHeaders, sameOrigin(port), withToken(token))
    .use('/api/*', async (c, next) => {
      await next()
      c.header('cache-control', 'no-store')
    })
    .route('/api', api(context, token))
    .all('/api/*', (c) => c.json({ code: 'UNKNOWN', message: `there is no ${c.req.path}` }, 404))
    .route('/', pageRoutes(pages))
    .onError(failureAnswer)
}
