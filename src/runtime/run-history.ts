/**
 * The history of runs in the ledger: verdicts, and finding runs by time and state. Apart from what ingest needs.
 */
import type { Client } from 'cassandra-driver'
import { selectByKey, selectLast, selectRange } from '../core/cql.ts'
import { openRunsTable, type RunState, runStamp, runStatesTable, runsTable, verdictsTable } from '../core/ledger.ts'
import { keyspace } from '../core/names.ts'
import type { Verdict } from '../core/run-state.ts'
import type { AnyRow } from '../core/table.ts'
import { errorOfRow, type Run, runOf } from './ledger.ts'
import { ledgerRequests } from './ledger-requests.ts'

/** The history of one pipeline's runs. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED. */
export type RunHistory = {
  /** The runs with schedule times from `from` up to, not including, `to` (ms since the epoch), oldest first. */
  runsBetween(from: number, to: number): Promise<Run[]>
  saveVerdict(runId: string, verdict: Verdict): Promise<void>
  /** Up to so many ids of runs whose verdict can still come or change, the latest first. */
  openRuns(count: number): Promise<string[]>
  verdict(runId: string): Promise<Verdict | null>
  /** The verdicts on these runs and on any between them, by id: one read. */
  verdictsAmong(ids: readonly string[]): Promise<ReadonlyMap<string, Verdict>>
  /** The latest runs that came to a state, newest first; some may have moved on. */
  runsThatWere(state: RunState | Verdict['state'], count: number): Promise<string[]>
}

/** The history of a pipeline, through a connected client. */
export function runHistoryOf(client: Client, pipeline: string): RunHistory {
  const { first, all, put, cameTo, close } = ledgerRequests(client)
  return {
    async runsBetween(from, to) {
      const range = [from, to].map(runStamp)
      return (await all(selectRange(keyspace, runsTable), [pipeline, ...range])).map(runOf)
    },
    async saveVerdict(runId, verdict) {
      await cameTo(pipeline, verdict.state, runId)
      await put(verdictsTable, { pipeline, run_id: runId, ...verdictRow(verdict) })
      if (verdict.state !== 'late') await close(pipeline, runId, verdict.attempts)
    },
    async openRuns(count) {
      const rows = await all(selectLast(keyspace, openRunsTable, Math.floor(count)), [pipeline])
      return [...new Set(rows.map((row) => String(row.run_id)))]
    },
    async verdict(runId) {
      const row = await first(selectByKey(keyspace, verdictsTable), [pipeline, runId])
      return row ? verdictOfRow(row) : null
    },
    async verdictsAmong(ids) {
      const sorted = ids.toSorted()
      const [from, to] = [sorted[0], sorted.at(-1)]
      if (from === undefined || to === undefined) return new Map()
      // No id is between another and itself with a character more.
      const rows = await all(selectRange(keyspace, verdictsTable), [pipeline, from, `${to}\0`])
      return new Map(rows.map((row) => [String(row.run_id), verdictOfRow(row)]))
    },
    async runsThatWere(state, count) {
      const query = selectLast(keyspace, runStatesTable, Math.floor(count))
      return (await all(query, [pipeline, state])).map((row) => String(row.run_id))
    },
  }
}

function verdictRow({ state, attempts, seenAt, error, account }: Verdict): AnyRow {
  const { deadLettered: dead_lettered, ...figures } = account
  return {
    state,
    attempts,
    seen_at: seenAt,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    ...figures,
    dead_lettered,
  }
}

function verdictOfRow(row: { readonly [column: string]: unknown }): Verdict {
  const figure = (column: string) => Number(row[column])
  return {
    state: row.state as Verdict['state'],
    attempts: figure('attempts'),
    seenAt: figure('seen_at'),
    error: errorOfRow(row),
    account: {
      fetched: figure('fetched'),
      published: figure('published'),
      filtered: figure('filtered'),
      written: figure('written'),
      deadLettered: figure('dead_lettered'),
      pending: figure('pending'),
      duplicates: figure('duplicates'),
      expired: figure('expired'),
      unaccounted: figure('unaccounted'),
    },
  }
}
