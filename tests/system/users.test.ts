import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Client } from 'cassandra-driver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline } from '../../pipelines/users.ts'
import { connectCassandra } from '../../src/connect/cassandra.ts'
import { answered, consoleClient } from '../../src/console/client.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import type { AnyRow } from '../../src/core/table.ts'
import { type Ended, lines, sluiceOn, unscheduledUp } from './sluice.ts'

const environment = `test-users-${process.pid}`
const sluice = sluiceOn(environment)
const records = 600
let up: ChildProcess
let endpoints: Endpoints
let client: Client
let consoleUrl: string

beforeAll(async () => {
  const started = await unscheduledUp(sluice, environment, 50)
  up = started.child
  endpoints = started.endpoints
  consoleUrl = /the console (http:\S+)/.exec(started.output)?.[1] ?? ''
  client = connectCassandra(endpoints.cassandra)
})

afterAll(async () => {
  await client?.shutdown()
  await sluice.cleanUp()
})

function json({ stdout }: Ended) {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** What the table must hold after a run with that seed: the source's own answer, taken through the pipeline. */
async function expectedRows(seed: string): Promise<Map<string, AnyRow>> {
  const rows = new Map<string, AnyRow>()
  for (let page = 1; rows.size < records; page++) {
    const results = Math.min(500, records - rows.size)
    const response = await fetch(`${endpoints.source.url}/users?results=${results}&page=${page}&seed=${seed}`)
    for (const value of ((await response.json()) as { results: unknown[] }).results) {
      const checked = await pipeline.source.value['~standard'].validate(value)
      if (checked.issues) throw new Error('the bundled source gave a value that does not fit')
      const enriched = pipeline.process?.apply(pipeline.source.record(checked.value, {}), [])
      for (const row of pipeline.tables[0]?.rows(enriched ?? {}) ?? []) rows.set(String(row.id), row)
    }
  }
  return rows
}

async function storedRows(): Promise<Map<string, AnyRow>> {
  const rows = new Map<string, AnyRow>()
  for await (const row of await client.execute('SELECT * FROM sluice.created_users', [], { autoPage: true })) {
    const columns = row.keys().map((column: string) => [column, column === 'id' ? String(row[column]) : row[column]])
    rows.set(String(row.id), Object.fromEntries(columns))
  }
  return rows
}

test('every fetched user is a row that a plain CQL client reads back, every column, and the run is proven', async () => {
  const run = json(await sluice.run('trigger', 'users', '--records', String(records), '--seed', 'a', '--json'))
  expect(run).toMatchObject({ fetched: records, published: records, deadLettered: 0 })

  await expect
    .poll(async () => json(await sluice.run('reconcile', 'users', '--run', run.run, '--json')), { timeout: 60_000 })
    .toEqual({
      pipeline: 'users',
      run: run.run,
      state: 'succeeded',
      fetched: records,
      published: records,
      duplicates: 0,
      written: records,
      filtered: 0,
      deadLettered: 0,
      pending: 0,
      expired: 0,
      unaccounted: 0,
      drift: null,
    })

  const expected = await expectedRows('a')
  const stored = await storedRows()
  expect(expected.size).toBe(records)
  for (const [id, row] of expected) expect(stored.get(id)).toEqual(row)
})

test('the same run again changes nothing', async () => {
  const before = await storedRows()
  const { code } = await sluice.run('trigger', 'users', '--records', String(records), '--seed', 'a')
  expect(code).toBe(0)
  await expect.poll(async () => (await sluice.run('reconcile', 'users')).code, { timeout: 60_000 }).toBe(0)
  expect(await storedRows()).toEqual(before)
})

test('the status names the services, no stage is behind, and the latest run is shown', async () => {
  const { code, stdout } = await sluice.run('status', '--json')
  expect(code).toBe(0)
  const status = JSON.parse(stdout)
  expect(status.services.kafka).toBe(endpoints.kafka.bootstrapServers)
  expect(status.pipelines.slice(0, 1)).toMatchObject([
    {
      pipeline: 'users',
      latestRun: { state: 'succeeded' },
      stages: [
        { group: 'sluice-users-process', functionName: 'sluice-users-process', topic: 'users_created', lag: 0 },
        { group: 'sluice-users-write', functionName: 'sluice-users-write', topic: 'users_enriched', lag: 0 },
        {
          group: 'sluice-users-signups_by_country-write',
          functionName: 'sluice-users-write',
          topic: 'signups_by_country',
          lag: 0,
        },
      ],
    },
  ])
  expect(status.jobs.map(({ job }: { job: string }) => job)).toContain('signups_by_country')
})

test('the console answers where npm start says, with its pages and what the command line shows', async () => {
  const page = await fetch(consoleUrl)
  expect(page.status).toBe(200)
  const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(await page.text()) ?? []
  expect((await fetch(new URL(script ?? '', consoleUrl))).status).toBe(200)
  const api = consoleClient(consoleUrl)
  expect(await answered(api.topics.$get())).toEqual(json(await sluice.run('topics', '--json')))
  const { records: newest } = await answered(
    api.topics[':topic'].records.$get({ param: { topic: 'users_enriched' }, query: { limit: '1' } }),
  )
  expect(newest).toMatchObject([{ value: { kind: 'decoded', masked: expect.arrayContaining(['email']) } }])
  const live = await fetch(`${consoleUrl}/api/flow/live`)
  const reader = live.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^event: flow$/m)
  await reader?.cancel()
})

test('a deployed function can be run by hand, and its failure is shown with exit code 1', async () => {
  const { code, stdout } = await sluice.run('invoke', 'sluice-users-ingest')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ errorMessage: expect.stringContaining('"id"') })
})

test('rows are printed one JSON object a line, up to the limit', async () => {
  const { code, stdout } = await sluice.run('rows', 'created_users', '--limit', '3')
  expect(code).toBe(0)
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows).toHaveLength(3)
  expect(Object.keys(rows[0])).toEqual(Object.keys(pipeline.tables[0]?.columns ?? {}))
})

test('down stops the environment; the data is there after the next start, which deploys nothing, and --once proves a run of each pipeline', async () => {
  const rows = (await storedRows()).size
  await client.shutdown()
  const ended = once(up, 'close')
  expect((await sluice.run('down')).code).toBe(0)
  expect(await ended).toEqual([0, null])

  const again = await sluice.run('up', '--once', '--free-ports', '--records', '50', '--seed', 'first', '--json')
  expect(again.stderr).toContain('nothing changed')
  expect(again.stderr).toContain('stopped')
  expect(again.code).toBe(0)
  const results = lines(again)
  expect(results.map(({ pipeline, unaccounted }) => [pipeline, unaccounted])).toEqual(
    pipelines.map(({ name }) => [name, 0]).reverse(),
  )
  const result = results.at(-1)
  expect(Object.keys(result)).toEqual(
    'pipeline fetched published filtered written deadLettered duplicates unaccounted firstRowMs totalMs'.split(' '),
  )
  expect(result).toMatchObject({ pipeline: 'users', fetched: 50, published: 50, written: 50, unaccounted: 0 })
  expect(rows).toBe(records + 50)
})
