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
    attempts: 'int',
    succeeded_attempt: 'int',
    record_limit: 'int',
    seed: 'text',
    drift: 'text',
  },
  partitionKey: ['pipeline'],
  clusteringColumns: ['run_id'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/** One row per page of an attempt, written before any of it is produced: the ids of the values from `first_number` on. */
export const fetchedTable = {
  name: 'fetched',
  columns: {
    pipeline: 'text',
    run_id: 'text',
    attempt: 'text',
    first_number: 'int',
    record_ids: 'list<text>',
  },
  partitionKey: ['pipeline', 'run_id'],
  clusteringColumns: ['attempt', 'first_number'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/**
 * One row per run and range of consecutive offsets: the ids of the records at `first_offset` and those after it, and
 * which of the attempt's values each was.
 */
export const publishedTable = {
  name: 'published',
  columns: {
    pipeline: 'text',
    run_id: 'text',
    topic: 'text',
    partition_id: 'int',
    first_offset: 'bigint',
    record_ids: 'list<text>',
    attempt: 'text',
    numbers: 'list<int>',
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

/** One row per run that was judged: whether each of its records is accounted for. Says of which attempt. */
export const verdictsTable = {
  name: 'verdicts',
  columns: {
    pipeline: 'text',
    run_id: 'text',
    state: 'text',
    attempts: 'int',
    seen_at: 'timestamp',
    error_code: 'text',
    error_message: 'text',
    fetched: 'int',
    published: 'int',
    filtered: 'int',
    written: 'int',
    dead_lettered: 'int',
    pending: 'int',
    duplicates: 'int',
    expired: 'int',
    unaccounted: 'int',
  },
  partitionKey: ['pipeline'],
  clusteringColumns: ['run_id'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/**
 * One row per state that a run came to, so that the runs in a state are one read. A row stays when the run moves on:
 * `runs` and `verdicts` say whether it still holds.
 */
export const runStatesTable = {
  name: 'run_states',
  columns: { pipeline: 'text', state: 'text', run_id: 'text', since: 'timestamp' },
  partitionKey: ['pipeline', 'state'],
  clusteringColumns: ['run_id'],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/**
 * One row per attempt of a run whose verdict can still come or change: what the judge looks at, whatever the run's time.
 * A deletion that is forgotten costs one more look, so that it need not be remembered for long.
 */
export const openRunsTable = {
  name: 'open_runs',
  columns: { pipeline: 'text', run_id: 'text', attempt: 'int', since: 'timestamp' },
  partitionKey: ['pipeline'],
  clusteringColumns: ['run_id', 'attempt'],
  ttlSeconds: keptSeconds,
  graceSeconds: 3_600,
} as const satisfies Table

/** One row per thing of which there is to be one at a time: who has it, and until when unless they ask for longer. */
export const leasesTable = {
  name: 'leases',
  columns: { pipeline: 'text', lease: 'text', holder: 'text', expires_at: 'timestamp' },
  partitionKey: ['pipeline', 'lease'],
  clusteringColumns: [],
  ttlSeconds: keptSeconds,
} as const satisfies Table

/** One row per pipeline whose schedule was ever paused: what an operator wants of it, and since when. */
export const scheduleStatesTable = {
  name: 'schedule_states',
  columns: { pipeline: 'text', state: 'text', since: 'timestamp' },
  partitionKey: ['pipeline'],
  clusteringColumns: [],
  ttlSeconds: null,
} as const satisfies Table

/** All tables of the ledger. */
export const ledgerTables: readonly Table[] = [
  runsTable,
  fetchedTable,
  publishedTable,
  cursorsTable,
  verdictsTable,
  runStatesTable,
  openRunsTable,
  leasesTable,
  scheduleStatesTable,
]

/** What an operator can want of a schedule. */
export type ScheduleState = 'enabled' | 'paused'

/** What the ingest of a run came to: `running` until it ended. Not whether its records arrived: see run-state.ts. */
export type RunState = 'running' | 'succeeded' | 'failed' | 'skipped'

/** What a run was asked to do. Times are milliseconds since the epoch. */
export type RunRequest = {
  readonly id: string
  readonly scheduledAt: number
  /** How many values at most. */
  readonly limit: number
  /** A run with a seed stands alone: it neither reads nor stores the pipeline's cursor. */
  readonly seed: string | null
  /** Whether the schedule asks, and not an operator: what it asks for twice is done once. */
  readonly isTick: boolean
}

/** How ids of runs begin that were asked for at a time, in ms since the epoch: they sort by it. */
export function runStamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** The time, in ms since the epoch, with which an id of a run begins; null for what is no id of a run. */
export function runTime(id: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-./.exec(id) ?? []
  if (year === undefined) return null
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** What an attempt fetched at once: the ids of its values from `firstNumber` on, in the order of the source. */
export type FetchedPage = {
  readonly attempt: string
  readonly firstNumber: number
  readonly recordIds: readonly string[]
}

/** Where records of a run stand, at consecutive offsets of one topic-partition, and which of the attempt's values they were. */
export type PublishedRange = {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  readonly recordIds: readonly string[]
  readonly attempt: string
  readonly numbers: readonly number[]
}

/** The name of a fetched value: its attempt, `n-random` with n from 1, and its number among the attempt's values from 0. */
export function valueName(attempt: string, number: number): string {
  return `${attempt}/${number}`
}

/** Which attempt of its run it is, from 1. Two deliveries of one event at a time can share a number, not a name. */
export function attemptNumber(attempt: string): number {
  return Number.parseInt(attempt, 10)
}
