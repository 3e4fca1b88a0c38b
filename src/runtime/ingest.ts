/**
 * The ingest stage: one run fetches pages from the source and publishes their values.
 */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type DriftCounter, driftCounter } from '../core/drift-report.ts'
import { SluiceError } from '../core/errors.ts'
import type { RunRequest } from '../core/ledger.ts'
import type { Cursor, Pipeline } from '../core/pipeline.ts'
import { metricsField } from '../core/run-event.ts'
import { type Claim, claimRun, type Refusal } from './claim-run.ts'
import type { Connections } from './connections.ts'
import type { RemainingTime } from './handler.ts'
import { type Run, type RunLedger, runLedger } from './ledger.ts'
import { logger } from './logging.ts'
import { type Publisher, preparePage, publishPage } from './publish.ts'
import { type IngestEvent, runRequest } from './run-request.ts'
import { type FetchPage, sourceClient } from './source/client.ts'
import { publishMarginMs } from './source/limits.ts'
import { isLast } from './source/page-guard.ts'
import { type Tell, teller } from './tell.ts'
import { topicEncoder } from './topic-codec.ts'

/** The function's answer. Counts are values; durations are milliseconds. */
export type RunSummary = {
  readonly pipeline: string
  readonly run: string
  readonly fetched: number
  readonly published: number
  readonly deadLettered: number
  readonly fetchMs: number
  readonly publishMs: number
  /** Why nothing was done; null where it was. */
  readonly skipped: Refusal | null
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
  const encoder = topicEncoder(pipeline.topic, registry)
  const source = sourceClient(pipeline, { standIn: environment.sourceUrl })

  // Without a context a run has as long as it takes.
  return async (event: IngestEvent, context?: RemainingTime): Promise<RunSummary> => {
    const readsUntil =
      performance.now() + (context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY) - publishMarginMs
    const request = runRequest(event, pipeline.source.recordsPerRun)
    const client = await connections.cassandra()
    const ledger = runLedger(client, pipeline.name)
    const tell = teller(pipeline.name, connections.announce)
    const claim = await claimRun(client, pipeline.name, ledger, request)
    if (typeof claim === 'string') {
      const skipped = skippedRun(request)
      // One that has begun stays as it is: where it began is what it goes on from.
      if (claim === 'overlapped' && !(await ledger.run(request.id))) {
        await ledger.save(skipped)
        await tell(skipped)
      }
      logger.info('run skipped', { pipeline: pipeline.name, run: request.id, reason: claim })
      return { pipeline: pipeline.name, run: request.id, ...nothing, skipped: claim }
    }
    try {
      return await doRun(request, readsUntil, ledger, claim, tell)
    } finally {
      await claim.release()
    }
  }

  async function doRun(
    request: RunRequest,
    readsUntil: number,
    ledger: RunLedger,
    claim: Claim,
    tell: Tell,
  ): Promise<RunSummary> {
    const begun = await begin(ledger, request, claim.before)
    // Not waited for: the source need not wait for the bus.
    const told = tell(begun.run)
    const { run } = begun
    const attempt = `${run.attempts}-${randomBytes(4).toString('hex')}`
    const progress = { ...nothing, cursor: run.cursorBefore }
    const drift = driftCounter()
    try {
      await encoder.prepare()
      const publisher = { pipeline, runId: request.id, attempt, encoder, producer, ledger, drift }
      const gave = await readPages(request, source(readsUntil), readsUntil, publisher, progress, claim)
      if (!gave && pipeline.source.emptyRuns !== 'expected') throw emptyRun(pipeline)
    } catch (error) {
      // Who took the run over says how it stands.
      if (!claim.isHeld()) throw error
      const cursorAfter = run.cursorBefore
      const failed: Run = { ...ended(run, progress, drift), cursorAfter, state: 'failed', error: errorOf(error) }
      // Names the run, by which its log is found; the invocation's own entry says why.
      logger.warn('run failed', { pipeline: pipeline.name, run: request.id, code: failed.error?.code })
      await ledger.save(failed)
      await told
      await tell(failed)
      throw error
    }
    if (begun.movesCursor && progress.cursor) await ledger.saveCursor(request.id, progress.cursor)
    const done: Run = { ...ended(run, progress, drift), state: 'succeeded', succeededAttempt: run.attempts }
    await ledger.save(done)
    await told
    const { cursor, ...counts } = progress
    const summary = { pipeline: pipeline.name, run: request.id, ...counts, skipped: null }
    logger.info('run succeeded', { ...summary, drift: drift.report(), ...metricsField(Date.now(), counts) })
    return summary
  }
}

type Progress = Omit<RunSummary, 'pipeline' | 'run' | 'skipped'> & { cursor: Cursor | null }
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const nothing = { fetched: 0, published: 0, deadLettered: 0, fetchMs: 0, publishMs: 0 }

function newRun({ id, scheduledAt, limit, seed }: RunRequest): Run {
  return {
    id,
    state: 'running',
    scheduledAt,
    startedAt: Date.now(),
    finishedAt: null,
    cursorBefore: null,
    cursorAfter: null,
    attempts: 1,
    succeededAttempt: null,
    limit,
    seed,
    fetched: 0,
    fetchMs: 0,
    publishMs: 0,
    drift: null,
    error: null,
  }
}

function skippedRun(request: RunRequest): Run {
  const error = new SluiceError('RUN_OVERLAPPED', 'the run of the tick before was going on')
  return { ...newRun(request), state: 'skipped', finishedAt: Date.now(), error: errorOf(error) }
}

function emptyRun({ name, source }: Pipeline): SluiceError {
  return new SluiceError(
    'RUN_EMPTY',
    `${source.url ?? 'the source'} gave no value: if that is normal, say emptyRuns: 'expected' in the source of pipeline "${name}"`,
  )
}

/** A run that is done again keeps its beginning, in time and, unless it was skipped, in the source; the cursor moves only from where it stands. */
async function begin(ledger: RunLedger, request: RunRequest, before: Run | null) {
  const stored = request.seed === null ? await ledger.cursor() : null
  const cursorBefore = request.seed === null && before && before.state !== 'skipped' ? before.cursorBefore : stored
  const run: Run = {
    ...newRun(request),
    ...(before ? { startedAt: before.startedAt, succeededAttempt: before.succeededAttempt } : {}),
    cursorBefore,
    attempts: (before?.attempts ?? 0) + 1,
  }
  await ledger.save(run)
  return { run, movesCursor: request.seed === null && isDeepStrictEqual(cursorBefore, stored) }
}

/** Whether the source gave any value, known ones included. A run whose time is up ends with the page it has: the next one goes on behind it. */
async function readPages(
  { limit, seed }: RunRequest,
  fetchPage: FetchPage,
  readsUntil: number,
  publisher: Publisher,
  progress: Mutable<Progress>,
  claim: Claim,
): Promise<boolean> {
  let gave = false
  do {
    if (!claim.isHeld()) throw new SluiceError('RUN_OVERLAPPED', 'another invocation took the run over')
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
    gave ||= page.values.length + (page.known ?? 0) > 0
    if (isLast(page)) break
  } while (progress.fetched < limit && performance.now() < readsUntil)
  return gave
}

function ended(begun: Run, { fetched, fetchMs, publishMs, cursor }: Progress, drift: DriftCounter): Run {
  return { ...begun, finishedAt: Date.now(), cursorAfter: cursor, fetched, fetchMs, publishMs, drift: drift.report() }
}

function errorOf(error: unknown): Run['error'] {
  if (error instanceof SluiceError) return { code: error.code, message: error.message }
  return { code: 'INTERNAL', message: error instanceof Error ? error.name : 'unknown' }
}
