/**
 * Reads and writes the ledger: what each run fetched and published, and how far each source was read.
 */
import type { Client, types } from 'cassandra-driver'
import { selectByKey, selectLast, selectPartition } from '../core/cql.ts'
import type { DriftReport } from '../core/drift-report.ts'
import { SluiceError } from '../core/errors.ts'
import {
  cursorsTable,
  type FetchedPage,
  fetchedTable,
  type PublishedRange,
  publishedTable,
  type RunState,
  runsTable,
  type ScheduleState,
  scheduleStatesTable,
} from '../core/ledger.ts'
import { keyspace } from '../core/names.ts'
import type { Cursor } from '../core/pipeline.ts'
import type { RunError } from '../core/run-state.ts'
import type { AnyRow, Table } from '../core/table.ts'
import { ledgerRequests } from './ledger-requests.ts'

/** A run as the ledger holds it. Times are milliseconds since the epoch. */
export type Run = {
  readonly id: string
  readonly state: RunState
  readonly scheduledAt: number
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly cursorBefore: Cursor | null
  readonly cursorAfter: Cursor | null
  /** How often the run was begun. */
  readonly attempts: number
  /** The latest attempt that succeeded, which stands for those before it; null as long as none did. */
  readonly succeededAttempt: number | null
  /** How many values were asked for at most, and with which seed, if any. */
  readonly limit: number
  readonly seed: string | null
  /** Values that the source's answers held, in the latest attempt. */
  readonly fetched: number
  /** Milliseconds spent on the source and on Kafka. */
  readonly fetchMs: number
  readonly publishMs: number
  /** Where the source's values differed from their declared form, in the latest attempt; null where none did. */
  readonly drift: DriftReport | null
  readonly error: RunError | null
}

/** The ledger of one pipeline. Every write is acknowledged at LOCAL_QUORUM before it resolves. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED. */
export type RunLedger = {
  save(run: Run): Promise<void>
  saveFetched(runId: string, page: FetchedPage): Promise<void>
  savePublished(runId: string, range: PublishedRange): Promise<void>
  saveCursor(runId: string, cursor: Cursor): Promise<void>
  cursor(): Promise<Cursor | null>
  /** What an operator wants of the schedule. */
  scheduleState(): Promise<ScheduleState>
  run(id: string): Promise<Run | null>
}

/** The ledger as who looks into it sees it: functions have no use for the rest. */
export type Ledger = RunLedger & {
  /** The latest runs, newest first. */
  latestRuns(count: number): Promise<Run[]>
  fetched(runId: string): Promise<FetchedPage[]>
  published(runId: string): Promise<PublishedRange[]>
}

/** The ledger of a pipeline, as a run needs it, through a connected client. */
export function runLedger(client: Client, pipeline: string): RunLedger {
  const { first, put, cameTo, open, close } = ledgerRequests(client)
  return {
    async save(run) {
      const { id, state, attempts } = run
      const needsVerdict = state === 'running' || state === 'succeeded'
      if (needsVerdict) await open(pipeline, id, attempts)
      else await cameTo(pipeline, state, id)
      await put(runsTable, { pipeline, ...runRow(run) })
      if (!needsVerdict) await close(pipeline, id, attempts)
    },
    async saveFetched(runId, { attempt, firstNumber, recordIds }) {
      await put(fetchedTable, { pipeline, run_id: runId, attempt, first_number: firstNumber, record_ids: recordIds })
    },
    async savePublished(runId, { topic, partition, firstOffset, recordIds, attempt, numbers }) {
      await put(publishedTable, {
        pipeline,
        run_id: runId,
        topic,
        partition_id: partition,
        first_offset: firstOffset,
        record_ids: recordIds,
        attempt,
        numbers,
      })
    },
    async saveCursor(runId, cursor) {
      await put(cursorsTable, { pipeline, cursor: JSON.stringify(cursor), run_id: runId })
    },
    async cursor() {
      const row = await first(selectByKey(keyspace, cursorsTable), [pipeline])
      return parseCursor(row?.cursor)
    },
    async scheduleState() {
      const row = await first(selectByKey(keyspace, scheduleStatesTable), [pipeline])
      return row?.state === 'paused' ? 'paused' : 'enabled'
    },
    async run(id) {
      const row = await first(selectByKey(keyspace, runsTable), [pipeline, id])
      return row ? runOf(row) : null
    },
  }
}

/** The failure where a pipeline has no such run. */
export function runUnknown(pipeline: string, id: string): SluiceError {
  return new SluiceError(
    'RUN_UNKNOWN',
    `pipeline "${pipeline}" has no run "${id}": see "npm run sluice -- runs list ${pipeline}"`,
  )
}

/** The ledger of a pipeline, through a connected client. */
export function ledgerOf(client: Client, pipeline: string): Ledger {
  const { all } = ledgerRequests(client)
  /** Rows of a run. Cassandra holds an empty list as null. */
  const rowsOf = async <T>(table: Table, runId: string, read: (row: types.Row) => T): Promise<T[]> => {
    return (await all(selectPartition(keyspace, table), [pipeline, runId])).map(read)
  }
  return {
    ...runLedger(client, pipeline),
    async latestRuns(count) {
      const query = selectLast(keyspace, runsTable, Math.floor(count))
      return (await all(query, [pipeline])).map(runOf)
    },
    fetched: (runId) =>
      rowsOf(fetchedTable, runId, (row) => ({
        attempt: row.attempt,
        firstNumber: row.first_number,
        recordIds: row.record_ids ?? [],
      })),
    published: (runId) =>
      rowsOf(publishedTable, runId, (row) => ({
        topic: row.topic,
        partition: row.partition_id,
        firstOffset: Number(row.first_offset),
        recordIds: row.record_ids ?? [],
        attempt: row.attempt,
        numbers: row.numbers ?? [],
      })),
  }
}

/** The error in a row of `runs` or `verdicts`. */
export function errorOfRow(row: { readonly [column: string]: unknown }): RunError | null {
  return row.error_code ? { code: String(row.error_code), message: String(row.error_message) } : null
}

function runRow(run: Run): AnyRow {
  return {
    run_id: run.id,
    state: run.state,
    scheduled_at: run.scheduledAt,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    cursor_before: formatCursor(run.cursorBefore),
    cursor_after: formatCursor(run.cursorAfter),
    fetched: run.fetched,
    fetch_ms: Math.round(run.fetchMs),
    publish_ms: Math.round(run.publishMs),
    error_code: run.error?.code ?? null,
    error_message: run.error?.message ?? null,
    attempts: run.attempts,
    succeeded_attempt: run.succeededAttempt,
    record_limit: run.limit,
    seed: run.seed,
    drift: run.drift && JSON.stringify(run.drift),
  }
}

/** The run in a row of `runs`. */
export function runOf(row: { readonly [column: string]: unknown }): Run {
  return {
    id: String(row.run_id),
    state: row.state as RunState,
    scheduledAt: Number(row.scheduled_at),
    startedAt: Number(row.started_at),
    finishedAt: row.finished_at === null ? null : Number(row.finished_at),
    cursorBefore: parseCursor(row.cursor_before),
    cursorAfter: parseCursor(row.cursor_after),
    attempts: Number(row.attempts),
    succeededAttempt: row.succeeded_attempt === null ? null : Number(row.succeeded_attempt),
    limit: Number(row.record_limit),
    seed: row.seed === null ? null : String(row.seed),
    fetched: Number(row.fetched),
    fetchMs: Number(row.fetch_ms),
    publishMs: Number(row.publish_ms),
    drift: typeof row.drift === 'string' ? (JSON.parse(row.drift) as DriftReport) : null,
    error: errorOfRow(row),
  }
}

function formatCursor(cursor: Cursor | null): string | null {
  return cursor === null ? null : JSON.stringify(cursor)
}

function parseCursor(text: unknown): Cursor | null {
  return typeof text === 'string' ? (JSON.parse(text) as Cursor) : null
}
