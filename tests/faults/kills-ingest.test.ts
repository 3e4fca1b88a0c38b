import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { allRows } from '../../src/connect/cassandra.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { attemptNumber } from '../../src/core/ledger.ts'
import { deadLetterTopic, functionName } from '../../src/core/names.ts'
import { invoke } from '../../src/operations/invoke.ts'
import { reconcile } from '../../src/operations/runs/reconcile.ts'
import { runRequest } from '../../src/runtime/run-request.ts'
import type { FaultEnvironment } from './environment.ts'
import { holdSource } from './held-source.ts'
import { expectWhole, reached } from './services-runs.ts'
import { pageOf, somePeople, unscheduledEnvironment, withAnswers } from './source-runs.ts'
import { unseen, workersOf } from './workers.ts'

const ingest = functionName(pipeline.name, 'ingest')
const letters = deadLetterTopic(pipeline.topic.name)
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await unscheduledEnvironment('kills-ingest')
})
afterAll(() => environment?.remove())

/** An event, as one schedule's firing is delivered again and again, and the run that it asks for; alone, or from the cursor on. */
function newRun(records: number, from: 'seed' | 'cursor' = 'seed') {
  const run = { records, ...(from === 'seed' ? { seed: randomUUID() } : {}) }
  const event = { id: randomUUID(), time: new Date().toISOString(), run }
  return { runId: runRequest(event, records).id, deliver: () => invoke(environment.endpoints.aws, ingest, event) }
}

async function recordsOn(topic: string): Promise<number> {
  const { end } = await offsetBounds(environment.clients.admin, topic)
  return [...end.values()].reduce((sum, offset) => sum + offset, 0)
}

/**
 * Kills a run's ingest after Kafka took its first page for the topic, before the ledger holds where. Cassandra is killed
 * as well: one that is only frozen would do what it was sent meanwhile.
 */
async function cutOff(
  { runId, deliver }: ReturnType<typeof newRun>,
  topic: string,
  records: number,
  change?: (body: string) => string,
): Promise<void> {
  const [kafka, cassandra] = [environment.service('kafka'), environment.service('cassandra')]
  const before = await recordsOn(topic)
  const source = await holdSource(environment, change)
  let isKilled = false
  try {
    const delivered = deliver()
    await reached('the run in the ledger', async () => (await environment.ledger.run(runId))?.state === 'running')
    await kafka.kill('SIGSTOP')
    source.release()
    await reached('its values in the ledger', async () => (await environment.ledger.fetched(runId)).length > 0)
    isKilled = true
    await cassandra.kill('SIGKILL')
    await kafka.kill('SIGCONT')
    await reached('its records on the topic', async () => (await recordsOn(topic)) === before + records)
    for (const pid of workersOf(environment, ingest)) process.kill(pid, 'SIGKILL')
    expect(await delivered).toMatchObject({ failed: true })
  } finally {
    await kafka.kill('SIGCONT')
    if (isKilled) await cassandra.start()
    await source.restore()
  }
  await reached('Cassandra', async () => (await environment.ledger.run(runId))?.state === 'running')
  expect(await environment.ledger.published(runId)).toEqual([])
}

test('an ingest that is killed between topic and ledger is done again as the same run; its copies are duplicates', async ({
  skip,
}) => {
  skip(unseen !== null, unseen ?? '')
  const run = newRun(400)
  await cutOff(run, pipeline.topic.name, 400)
  expect(await run.deliver()).toMatchObject({ failed: false, payload: { run: run.runId } })
  const account = await expectWhole(environment, run.runId, 400)
  expect(account).toMatchObject({ published: 800, duplicates: 400, written: 800 })
})

test('an ingest that is killed before the cursor is stored begins where it did; each of its users is one row', async ({
  skip,
}) => {
  skip(unseen !== null, unseen ?? '')
  const { clients, ledger } = environment
  const cursor = await ledger.cursor()
  const rows = async () => (await allRows(clients.cassandra, 'SELECT id FROM sluice.created_users', [])).length
  const before = await rows()
  const run = newRun(100, 'cursor')
  await cutOff(run, pipeline.topic.name, 100)
  expect(await ledger.cursor()).toEqual(cursor)
  expect(await run.deliver()).toMatchObject({ failed: false, payload: { run: run.runId } })
  const account = await expectWhole(environment, run.runId, 100)
  expect(account).toMatchObject({ published: 200, duplicates: 100, written: 200 })
  expect(await ledger.cursor()).toEqual((await ledger.run(run.runId))?.cursorAfter)
  const pages = await ledger.fetched(run.runId)
  const ids = [1, 2].map((attempt) =>
    pages.filter((page) => attemptNumber(page.attempt) === attempt).flatMap(({ recordIds }) => recordIds),
  )
  expect(ids[1]).toEqual(ids[0])
  expect(new Set(ids[0]).size).toBe(100)
  expect((await rows()) - before).toBe(account.written - account.duplicates - account.filtered)
})

test('dead letters of an ingest that is killed before it is in the ledger with them count, and once when done again', async ({
  skip,
}) => {
  skip(unseen !== null, unseen ?? '')
  const withoutEmail = (body: string) => body.replaceAll(/"email":"[^"]*"/g, '"email":null')
  const run = newRun(30)
  await cutOff(run, letters, 30, withoutEmail)
  const cut = await reconcile(pipeline, run.runId, environment.clients)
  const account = { fetched: 30, published: 0, written: 0, deadLettered: 30, pending: 0, unaccounted: 0 }
  expect(cut).toMatchObject({ run: { state: 'running' }, account })

  const source = await holdSource(environment, withoutEmail)
  try {
    source.release()
    expect(await run.deliver()).toMatchObject({ failed: false, payload: { deadLettered: 30 } })
  } finally {
    await source.restore()
  }
  expect(await environment.settled(run.runId)).toMatchObject(account)
})

test('a run that fails again owes what no attempt published, whatever copies there are, until it is done', async () => {
  const [first, second] = [somePeople(20), somePeople(20)]
  const kafka = environment.service('kafka')
  const run = newRun(40)
  /** Answers both pages; Kafka goes away before the second. */
  const failing = () => {
    let asked = 0
    let killed: Promise<void> | undefined
    const answer = () => {
      if (asked++ === 0) return pageOf(first, 1)
      killed = kafka.kill('SIGKILL')
      return pageOf(second, 2)
    }
    return withAnswers(environment, answer, async () => {
      expect(await run.deliver()).toMatchObject({ failed: true })
      await killed
    })
  }
  for (const attempt of [1, 2]) {
    await failing()
    await kafka.start()
    const account = await environment.settled(run.runId, 180_000)
    expect(account).toMatchObject({
      fetched: 40,
      published: attempt * 20,
      duplicates: (attempt - 1) * 20,
      written: attempt * 20,
      pending: 0,
      unaccounted: 20,
    })
  }
  await withAnswers(
    environment,
    ({ searchParams }) => (searchParams.get('page') === '1' ? pageOf(first, 1) : pageOf(second, 2)),
    async () => {
      expect(await run.deliver()).toMatchObject({ failed: false })
    },
  )
  expect(await expectWhole(environment, run.runId, 40)).toMatchObject({ published: 80, duplicates: 40, written: 80 })
})
