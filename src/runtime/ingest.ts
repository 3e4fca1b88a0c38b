/**
 * The ingest stage: one run fetches pages from the source and publishes their values.
 */
import { randomBytes } from 'node:crypto'
import { SluiceError } from '../core/errors.ts'
import type { RunRequest } from '../core/ledger.ts'
import type { Cursor, Pipeline } from '../core/pipeline.ts'
import type { Connections } from './connections.ts'
import { type Ledger, ledgerOf, type Run } from './ledger.ts'
import { logger } from './logging.ts'
import { type Publisher, preparePage, publishPage } from './publish.ts'
import { type IngestEvent, runRequest } from './run-request.ts'
import { type SourceClient, sourceClient } from './source-client.ts'
import { topicCodec } from './topic-codec.ts'

/** The function's answer. Counts are values; durations are milliseconds. */
export type RunSummary = {
  readonly pipeline: string
  readonly run: string
  readonly fetched: number
  readonly published: number
  readonly deadLettered: number
  readonly fetchMs: number
  readonly publishMs: number
}

/**
 * The handler of a pipeline's ingest stage.
 * Delivery guarantees: the ledger holds the run and the ids of a page before its first record is produced, and the position of every record
 * after Kafka acknowledged it; the cursor moves only after that. A run that fails is in the ledger with its error, and
 * doing it again fetches from the same cursor. Fails with SOURCE_*, KAFKA_UNAVAILABLE, CASSANDRA_UNAVAILABLE,
 * REGISTRY_UNAVAILABLE or SCHEMA_UNKNOWN.
 */
export function ingestHandler(pipeline: Pipeline, connections: Connections) {
  const { producer, registry, environment } = connections
  const codec = topicCodec(pipeline.topic, registry)
  const fetchPage = sourceClient(pipeline, environment.sourceUrl ?? pipeline.source.url)

  return async (event: IngestEvent): Promise<RunSummary> => {
    const request = runRequest(event, pipeline.source.recordsPerRun)
    const ledger = ledgerOf(await connections.cassandra(), pipeline.name)
    const begun = await begin(ledger, request)
    const attempt = `${begun.attempts}-${randomBytes(4).toString('hex')}`
    const progress = { fetched: 0, published: 0, deadLettered: 0, fetchMs: 0, publishMs: 0, cursor: begun.cursorBefore }
    try {
      await codec.prepare()
      await readPages(request, fetchPage, { pipeline, runId: request.id, attempt, codec, producer, ledger }, progress)
    } catch (error) {
      const cursorAfter = begun.cursorBefore
      await ledger.save({ ...ended(begun, progress), cursorAfter, state: 'failed', error: errorOf(error) })
      throw error
    }
    if (request.seed === null && progress.cursor) await ledger.saveCursor(request.id, progress.cursor)
    await ledger.save({ ...ended(begun, progress), state: 'succeeded', succeededAttempt: begun.attempts })
    const { cursor, ...counts } = progress
    const summary = { pipeline: pipeline.name, run: request.id, ...counts }
    logger.info('run succeeded', summary)
    return summary
  }
}

type Progress = Omit<RunSummary, 'pipeline' | 'run'> & { cursor: Cursor | null }
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A run that is done again after it failed or was cut off keeps its beginning, in time and in the source. */
async function begin(ledger: Ledger, request: RunRequest): Promise<Run> {
  const before = await ledger.run(request.id)
  const resumed = before?.state === 'succeeded' ? null : before
  const run: Run = {
    id: request.id,
    state: 'running',
    scheduledAt: request.scheduledAt,
    startedAt: before?.startedAt ?? Date.now(),
    finishedAt: null,
    cursorBefore: request.seed === null ? (resumed ? resumed.cursorBefore : await ledger.cursor()) : null,
    cursorAfter: null,
    attempts: (before?.attempts ?? 0) + 1,
    succeededAttempt: before?.succeededAttempt ?? null,
    fetched: 0,
    fetchMs: 0,
    publishMs: 0,
    error: null,
  }
  await ledger.save(run)
  return run
}

async function readPages(
  { limit, seed }: RunRequest,
  fetchPage: SourceClient,
  publisher: Publisher,
  progress: Mutable<Progress>,
): Promise<void> {
  while (progress.fetched < limit) {
    const began = performance.now()
    const page = await fetchPage({ cursor: progress.cursor, limit: limit - progress.fetched, seed })
    const fetched = performance.now()
    progress.fetchMs += fetched - began
    const prepared = await preparePage(publisher, page.values, progress.fetched)
    progress.fetched += page.values.length
    const outcome = await publishPage(publisher, prepared)
    progress.publishMs += performance.now() - fetched
    progress.published += outcome.published
    progress.deadLettered += outcome.deadLettered
    if (page.cursor) progress.cursor = page.cursor
    if (page.cursor === null || page.last || page.values.length === 0) return
  }
}

function ended(begun: Run, { fetched, fetchMs, publishMs, cursor }: Progress): Run {
  return { ...begun, finishedAt: Date.now(), cursorAfter: cursor, fetched, fetchMs, publishMs }
}

function errorOf(error: unknown): Run['error'] {
  if (error instanceof SluiceError) return { code: error.code, message: error.message }
  return { code: 'INTERNAL', message: error instanceof Error ? error.name : 'unknown' }
}
