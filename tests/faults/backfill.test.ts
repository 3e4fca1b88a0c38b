/**
 * Ten days of a schedule made up for, from the bundled source as APIs are: in pages, limited, and failing now and then.
 */
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { allRows } from '../../src/connect/cassandra.ts'
import { days } from '../../src/core/pipeline.ts'
import { people } from '../../src/local/source/people.ts'
import { type BackfilledRun, backfill, planBackfill } from '../../src/operations/runs/backfill.ts'
import { runsBetween } from '../../src/operations/runs/runs.ts'
import type { FaultEnvironment } from './environment.ts'
import { unscheduledEnvironment } from './source-runs.ts'

/** Values of a page, whatever was asked for: a run needs several. */
const pageSize = 40
const requestsPerSecond = 4
const schedule = 'rate(6 hours)'

let environment: FaultEnvironment

beforeAll(async () => {
  environment = await unscheduledEnvironment('backfill')
})
afterAll(() => environment?.remove())

/** A source that gives the people of the bundled one, and how often it did what else. */
async function startWorseSource(port: number) {
  const given = new Set<string>()
  const did = { pages: 0, limited: 0, failed: 0, brokenOff: 0 }
  let asked = 0
  let second = { began: 0, requests: 0 }
  const server: Server = createServer(({ url }, response) => {
    asked += 1
    if (performance.now() - second.began > 1_000) second = { began: performance.now(), requests: 0 }
    second.requests += 1
    if (second.requests > requestsPerSecond) {
      did.limited += 1
      response.writeHead(429, { 'retry-after': '1' }).end()
    } else if (asked % 7 === 0) {
      did.failed += 1
      response.writeHead(asked % 2 === 0 ? 500 : 503).end()
    } else {
      const { searchParams } = new URL(url ?? '/', 'http://source')
      const [page, wanted] = [Number(searchParams.get('page')), Number(searchParams.get('results'))]
      const results = people({ results: Math.min(wanted, pageSize), page, seed: 'backfill', nat: [] })
      const body = JSON.stringify({ results, info: { page, results: results.length } })
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      if (asked % 11 === 0) {
        did.brokenOff += 1
        response.write(body.slice(0, body.length / 2), () => response.destroy())
      } else {
        did.pages += 1
        for (const { login } of results) given.add(login.uuid)
        response.end(body)
      }
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { given, did, close }
}

test('ten days of runs are made up for, and each record that the source gave is in the table exactly once', async () => {
  const { clients, endpoints, ledger, service, settled } = environment
  const planned = { ...pipeline, source: { ...pipeline.source, schedule } }
  const to = Math.floor(Date.now() / days(1)) * days(1)
  const range = { from: to - days(10), to, choice: 'missing' } as const
  const missing = async () => planBackfill(planned, await runsBetween(pipeline, clients, range.from, range.to), range)
  const idsOf = async () =>
    new Set((await allRows(clients.cassandra, 'SELECT id FROM sluice.created_users')).map(({ id }) => String(id)))
  const before = await idsOf()
  const plan = await missing()
  expect(plan).toHaveLength(40)

  await service('source').stop()
  const source = await startWorseSource(Number(new URL(endpoints.source.url).port))
  const done: BackfilledRun[] = []
  try {
    await backfill(endpoints.aws, pipeline, plan, { concurrency: 1, onRun: (run) => done.push(run) })
  } finally {
    await source.close()
    await service('source').start()
  }
  expect(done.filter(({ error }) => error !== null)).toEqual([])
  expect(Math.min(...Object.values(source.did)), JSON.stringify(source.did)).toBeGreaterThan(0)

  let written = 0
  for (const [index, { run }] of done.entries()) {
    const account = await settled(run)
    expect(account, run).toMatchObject({ duplicates: 0, deadLettered: 0, pending: 0, unaccounted: 0 })
    expect(account.written).toBe(account.fetched)
    written += account.written
    const earlier = done[index - 1]
    if (earlier) {
      const { cursorAfter } = (await ledger.run(earlier.run)) ?? {}
      expect((await ledger.run(run))?.cursorBefore).toEqual(cursorAfter)
    }
  }
  expect(written).toBe(source.given.size)
  const added = [...(await idsOf())].filter((id) => !before.has(id))
  expect(added.sort()).toEqual([...source.given].sort())
  expect(await missing()).toEqual([])
}, 900_000)
