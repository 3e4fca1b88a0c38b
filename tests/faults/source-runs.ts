/**
 * What the tests of bad sources have in common: pages, another server in the source's place, and runs that read from it.
 */
import { randomUUID } from 'node:crypto'
import { vi } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import type { Account } from '../../src/core/accounting.ts'
import { functionName } from '../../src/core/names.ts'
import { type Person, people } from '../../src/local/source/people.ts'
import { invoke } from '../../src/operations/invoke.ts'
import type { Run } from '../../src/runtime/ledger.ts'
import { type IngestEvent, runRequest } from '../../src/runtime/run-request.ts'
import { type Answer, startHttpServer } from '../fixtures/http-server.ts'
import { stopSchedule } from '../fixtures/schedule.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'

/** An environment whose runs are the test's own: no schedule fires. */
export async function unscheduledEnvironment(name: string): Promise<FaultEnvironment> {
  const environment = await faultEnvironment(name)
  await stopSchedule(environment.endpoints.aws, pipeline.name)
  await vi.waitFor(
    async () => {
      const runs = await environment.ledger.latestRuns(10)
      if (runs.some(({ state }) => state === 'running')) throw new Error('a scheduled run is under way')
    },
    { timeout: 60_000, interval: 100 },
  )
  return environment
}

/** Made-up people with ids that no other page has. */
export function somePeople(results: number): Person[] {
  return people({ results, page: 1, seed: randomUUID(), nat: [] })
}

/** An answer of status 200 with a page of these values. */
export function pageOf(results: readonly unknown[], page = 1): Answer {
  return { body: JSON.stringify({ results, info: { seed: 's', results: results.length, page, version: '1.4' } }) }
}

/** Works while another server answers in the source's place, or nobody for null; then the source is back. */
export async function withAnswers<T>(
  { endpoints, service }: FaultEnvironment,
  answer: ((url: URL) => Answer) | null,
  work: () => Promise<T>,
): Promise<T> {
  await service('source').stop()
  const server = answer ? await startHttpServer(Number(new URL(endpoints.source.url).port)) : null
  if (server && answer) server.answer = answer
  try {
    return await work()
  } finally {
    await server?.close()
    await service('source').start()
  }
}

/** A run as the ledger has it, once all its records are settled, and the function's error message where it failed. */
export type EndedRun = { readonly run: Run; readonly account: Account; readonly failure: string | null }

/** Invokes the ingest once, by a clock that shows `now` (ms since the epoch), and waits until the run is settled. */
export async function ingest(
  environment: FaultEnvironment,
  run: NonNullable<IngestEvent['run']>,
  now: number = Date.now(),
): Promise<EndedRun> {
  const { endpoints, ledger, settled } = environment
  const event: IngestEvent = { id: randomUUID(), time: new Date(now).toISOString(), run }
  const { failed, payload } = await invoke(endpoints.aws, functionName(pipeline.name, 'ingest'), event)
  const { id } = runRequest(event, 1)
  const ended = await ledger.run(id)
  if (!ended) throw new Error(`the ledger has no run ${id}`)
  const failure = failed ? String((payload as { errorMessage?: unknown }).errorMessage) : null
  return { run: ended, account: await settled(id), failure }
}
