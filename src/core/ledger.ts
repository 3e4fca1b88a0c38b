/**
 * The ledger: tables that hold what each run fetched and published, and how far each source was read.
 * Not for reading or writing them: see src/runtime/ledger.ts.
 */
import type { Table } from './table.ts'

const keptSeconds = 30 * 86_400

/** One row per run; written before the first record is produced, again when the run ends. */
export const runsTable = {
  name: 'runs',
  columns: {
    pipeline: 'text',
    run_id: 'text',
    state: 'text',
    scheduled_at: 'timestamp',
    started_at: 'timestamp',
    finished_at: 'timestamp',
    cursor_before: 'text',
    cursor_after: 'text',
    fetched: 'int',
    fetch_ms: 'int',
    publish_ms: 'int',
    error_code: 'text',
    error_message: 'text',
  },
  partitionKey: ['pipeline'],
  clusteringColumns: ['run_id'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/** One row per run and range of consecutive offsets: the ids of the records at `first_offset` and those after it. */
export const publishedTable = {
  name: 'published',
  columns: {
    pipeline: 'text',
    run_id: 'text',
    topic: 'text',
    partition_id: 'int',
    first_offset: 'bigint',
    record_ids: 'list<text>',
  },
  partitionKey: ['pipeline', 'run_id'],
  clusteringColumns: ['topic', 'partition_id', 'first_offset'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/** One row per pipeline: where its next scheduled run begins, as JSON. */
export const cursorsTable = {
  name: 'cursors',
  columns: { pipeline: 'text', cursor: 'text', run_id: 'text' },
  partitionKey: ['pipeline'],
  clusteringColumns: [],
  ttlSeconds: null,
} as const satisfies Table

/** All tables of the ledger. */
export const ledgerTables: readonly Table[] = [runsTable, publishedTable, cursorsTable]

/** `running` until the run ended. */
export type RunState = 'running' | 'succeeded' | 'failed'

/** What a run was asked to do. Times are milliseconds since the epoch. */
export type RunRequest = {
  readonly id: string
  readonly scheduledAt: number
  /** How many values at most. */
  readonly limit: number
  /** A run with a seed stands alone: it neither reads nor stores the pipeline's cursor. */
  readonly seed: string | null
}

/** Where records of a run stand: at consecutive offsets of one topic-partition. */
export type PublishedRange = {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  readonly recordIds: readonly string[]
}
