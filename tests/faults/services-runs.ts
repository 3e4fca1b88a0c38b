/**
 * What the tests of services, functions and processes have in common: a run whose event is delivered until it
 * succeeds, points in the middle of it, and the check that it was accounted for and left whole rows.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { concurrent } from 'cassandra-driver'
import { expect, vi } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { functionName } from '../../src/core/names.ts'
import { invoke } from '../../src/operations/invoke.ts'
import { type IngestEvent, runRequest } from '../../src/runtime/run-request.ts'
import type { FaultEnvironment } from './environment.ts'

/** A run that was asked for. `done` resolves when its ingest succeeded. */
export type Begun = { readonly runId: string; readonly event: IngestEvent; readonly done: Promise<void> }

/** Invokes the ingest with one event, and again with the same while it fails, as Lambda does with a schedule's event. */
export function beginRun(
  { endpoints }: Pick<FaultEnvironment, 'endpoints'>,
  records: number,
  seed = randomUUID(),
): Begun {
  const event = { id: randomUUID(), time: new Date().toISOString(), run: { records, seed } }
  const deliver = async () => {
    for (const deadline = Date.now() + 180_000; Date.now() < deadline; await delay(500)) {
      const answer = await invoke(endpoints.aws, functionName(pipeline.name, 'ingest'), event).catch(() => null)
      if (answer?.failed === false) return
    }
    throw new Error('the ingest did not succeed within 3 minutes')
  }
  const done = deliver()
  done.catch(() => {})
  return { runId: runRequest(event, 1).id, event, done }
}

/** Resolves when the condition holds. */
export async function reached(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition(), what).toBe(true), { timeout: 120_000, interval: 50 })
}

/** Records that the function of a stage has settled since its partitions were assigned. */
export function settledBy({ mapping }: FaultEnvironment, stage: 'process' | 'write'): number {
  const partitions = mapping(stage)?.partitions ?? []
  return partitions.reduce((sum, { settled }) => sum + settled, 0)
}

/** Resolves when that many records more than now are written. */
export function writtenMore(environment: FaultEnvironment, records: number): Promise<void> {
  const before = settledBy(environment, 'write')
  return reached(`${records} more written`, () => settledBy(environment, 'write') >= before + records)
}

/** Waits until the run is settled, and expects every record accounted for and no row with a column missing. */
export async function expectWhole(environment: FaultEnvironment, runId: string, fetched: number) {
  const account = await environment.settled(runId, 180_000)
  expect(account, JSON.stringify(account)).toMatchObject({ fetched, pending: 0, expired: 0, unaccounted: 0 })
  const ids = (await environment.ledger.published(runId))
    .filter(({ topic }) => topic === pipeline.topic.name)
    .flatMap(({ recordIds }) => recordIds)
  const keys = [...new Set(ids)].map((id) => [id])
  const table = 'sluice.created_users'
  const { resultItems } = await concurrent.executeConcurrent(
    environment.clients.cassandra,
    `SELECT * FROM ${table} WHERE id = ?`,
    keys,
    { collectResults: true },
  )
  const rows = resultItems.flatMap((result) => result.rows)
  expect(rows.filter((row) => row.values().includes(null))).toEqual([])
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.length).toBeGreaterThanOrEqual(account.written - account.duplicates)
  return account
}
