import { randomUUID } from 'node:crypto'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { functionName } from '../../src/core/names.ts'
import { type IngestEvent, runRequest } from '../../src/runtime/run-request.ts'
import { sourceLimits } from '../../src/runtime/source/limits.ts'
import type { Answer } from '../fixtures/http-server.ts'
import type { FaultEnvironment } from './environment.ts'
import { ingest, pageOf, somePeople, unscheduledEnvironment, withAnswers } from './source-runs.ts'

const records = 20
let environment: FaultEnvironment

beforeAll(async () => {
  environment = await unscheduledEnvironment('source-failures')
})
afterAll(() => environment?.remove())

const json = (body: unknown): Answer => ({ body: JSON.stringify(body) })
/** The answer of API 0.x: users within `user`, and nothing about the page. */
const answerOf0 = { results: [{ user: { gender: 'female', name: { first: 'lisa' } } }], seed: 's', version: '0.6' }

test.each<[string, Answer | null, string, string]>([
  ['is down', null, 'SOURCE_UNAVAILABLE', 'could not be reached, or broke off its answer'],
  ['answers 500', { status: 500, body: 'oh' }, 'SOURCE_UNAVAILABLE', 'answered with status 500'],
  ['answers 429', { status: 429, body: '{}' }, 'SOURCE_UNAVAILABLE', 'answered with status 429'],
  ['answers 404', { status: 404, body: '{}' }, 'SOURCE_REFUSED', 'answered with status 404'],
  [
    'begins an answer and never ends it',
    { body: '{"results":', hang: true },
    'SOURCE_UNAVAILABLE',
    'answered too slowly',
  ],
  ['answers with half a page', { body: '{"results":[{' }, 'SOURCE_INVALID', '13 characters that are not JSON'],
  [
    'answers HTML with status 200',
    { body: '<!doctype html><p>Busy', headers: { 'content-type': 'text/html' } },
    'SOURCE_INVALID',
    '22 characters that are not JSON',
  ],
  [
    'answers in another charset than it declares',
    {
      body: Buffer.from('{"results":["Zo\xeb"]}', 'latin1'),
      headers: { 'content-type': 'application/json; charset=utf-8' },
    },
    'SOURCE_INVALID',
    '19 bytes that are not utf-8',
  ],
  ['answers with 50 MB', { body: ' '.repeat(50_000_000) }, 'SOURCE_INVALID', 'more than the 16777216 bytes'],
  [
    'sends on to a private address',
    { status: 302, headers: { location: 'https://10.0.0.1/api/' } },
    'SOURCE_REFUSED',
    '10.0.0.1 is no public address: private',
  ],
  ['answers nothing with status 200', { body: '' }, 'SOURCE_INVALID', '0 characters that are not JSON'],
  [
    'is overloaded and says so with status 200',
    json({ error: 'Uh oh, something has gone wrong.' }),
    'SOURCE_UNAVAILABLE',
    'answered that it cannot serve now',
  ],
  ['answers another object', json({ people: [] }), 'SOURCE_INVALID', 'does not fit at "results"'],
  ['answers a list', json([]), 'SOURCE_INVALID', 'does not fit at "results"'],
  ['answers null', json(null), 'SOURCE_INVALID', 'does not fit at "(body)"'],
  ['answers as API 0.x did', json(answerOf0), 'SOURCE_INVALID', 'does not fit at "info"'],
])(
  'a run whose source %s fails in the ledger, and the next one reads on where it stood',
  async (_, answer, code, message) => {
    const cursor = await environment.ledger.cursor()
    const { run, account, failure } = await withAnswers(environment, answer && (() => answer), () =>
      ingest(environment, { records }),
    )
    expect(run).toMatchObject({
      state: 'failed',
      fetched: 0,
      cursorBefore: cursor,
      cursorAfter: cursor,
      error: { code, message: expect.stringContaining(message) },
    })
    expect(run.error?.message).toBe(failure)
    expect(run.finishedAt).not.toBeNull()
    expect(account).toMatchObject({ fetched: 0, published: 0, pending: 0, unaccounted: 0 })
    expect(await environment.ledger.cursor()).toEqual(cursor)
    const next = await ingest(environment, { records })
    expect(next.run).toMatchObject({ state: 'succeeded', cursorBefore: cursor, error: null })
    expect(next.account).toMatchObject({ fetched: records, written: records, pending: 0, unaccounted: 0 })
    expect(await environment.ledger.cursor()).toEqual(next.run.cursorAfter)
    expect(next.run.cursorAfter).not.toEqual(cursor)
  },
)

test("a run that the schedule's event started is done again by Lambda itself, from the same place", async () => {
  const { endpoints, ledger } = environment
  const cursor = await ledger.cursor()
  const [first, second] = [somePeople(records), somePeople(records)]
  const event: IngestEvent = { id: randomUUID(), time: new Date().toISOString(), run: { records: 2 * records } }
  const { id } = runRequest(event, 1)
  let failures = 0
  const answer = ({ searchParams }: URL): Answer => {
    if (searchParams.get('page') !== '71') return pageOf(first, 70)
    return failures++ < 2 * sourceLimits.attempts ? { status: 503 } : pageOf(second, 71)
  }
  await withAnswers(environment, answer, async () => {
    const lambda = new LambdaClient(awsConfig(endpoints.aws))
    await lambda.send(
      new InvokeCommand({
        FunctionName: functionName(pipeline.name, 'ingest'),
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    )
    await expect.poll(async () => (await ledger.run(id))?.state, { timeout: 60_000 }).toBe('succeeded')
    lambda.destroy()
  })
  expect(await ledger.run(id)).toMatchObject({ attempts: 3, succeededAttempt: 3, cursorBefore: cursor })
  expect(await environment.settled(id)).toMatchObject({
    fetched: 2 * records,
    published: 4 * records,
    duplicates: 2 * records,
    written: 4 * records,
    pending: 0,
    unaccounted: 0,
  })
})

test('a run whose source fails at the second page accounts for the first, and the cursor stays', async () => {
  const cursor = await environment.ledger.cursor()
  const first = somePeople(records)
  let asked = 0
  const answer = () => (asked++ === 0 ? pageOf(first, 70) : { status: 503 })
  const { run, account } = await withAnswers(environment, answer, () => ingest(environment, { records: 2 * records }))
  expect(run).toMatchObject({ state: 'failed', fetched: records, error: { code: 'SOURCE_UNAVAILABLE' } })
  expect([run.cursorAfter, await environment.ledger.cursor()]).toEqual([cursor, cursor])
  expect(account).toMatchObject({ fetched: records, written: records, pending: 0, unaccounted: 0 })
})
