/**
 * What sources do and runs get over: they hold runs up, repeat themselves and change their form.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { headerNames, headerText } from '../../src/core/headers.ts'
import { driftLines } from '../../src/operations/runs/drift-text.ts'
import type { Answer } from '../fixtures/http-server.ts'
import type { FaultEnvironment } from './environment.ts'
import { ingest, pageOf, somePeople, unscheduledEnvironment, withAnswers } from './source-runs.ts'

let environment: FaultEnvironment

beforeAll(async () => {
  environment = await unscheduledEnvironment('source-drift')
})
afterAll(() => environment?.remove())

/** How many of these users are rows. */
async function rowsOf(users: readonly { readonly login: { readonly uuid: string } }[]): Promise<number> {
  const query = 'SELECT id FROM sluice.created_users WHERE id = ?'
  const ids = new Set(users.map(({ login }) => login.uuid))
  const found = await Promise.all([...ids].map((id) => environment.clients.cassandra.execute(query, [id])))
  return found.filter(({ rowLength }) => rowLength === 1).length
}

test('a run waits as long as a source asks, tries again after 500, and has its page in one attempt', async () => {
  const users = somePeople(20)
  const answers: Answer[] = [{ status: 429, headers: { 'retry-after': '2' } }, { status: 500 }]
  const asked: number[] = []
  const answer = () => {
    asked.push(performance.now())
    return answers.shift() ?? pageOf(users)
  }
  const { run, account } = await withAnswers(environment, answer, () => ingest(environment, { records: 20, seed: 'w' }))
  expect(run).toMatchObject({ state: 'succeeded', attempts: 1, drift: null })
  expect(asked).toHaveLength(3)
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(account).toMatchObject({ fetched: 20, written: 20, duplicates: 0, pending: 0, unaccounted: 0 })
})

test('users that come again on a later page are one row each, and counted as duplicates', async () => {
  const [first, second] = [somePeople(20), somePeople(15)]
  const later = [...second, ...first.slice(0, 5)]
  const answer = ({ searchParams }: URL) => (searchParams.get('page') === '2' ? pageOf(later, 2) : pageOf(first, 1))
  const { run, account } = await withAnswers(environment, answer, () => ingest(environment, { records: 40, seed: 'd' }))
  expect(run).toMatchObject({ state: 'succeeded', fetched: 40 })
  expect(account).toMatchObject({ published: 40, duplicates: 5, written: 40, pending: 0, unaccounted: 0 })
  expect(await rowsOf([...first, ...second])).toBe(35)
})

test('a page that names itself as the next fails the run before it is published', async () => {
  const before = await ingest(environment, { records: 5 })
  const cursor = before.run.cursorAfter
  const answer = ({ searchParams }: URL) => pageOf(somePeople(5), Number(searchParams.get('page')) - 1)
  const { run, account } = await withAnswers(environment, answer, () => ingest(environment, { records: 20 }))
  expect(run).toMatchObject({
    state: 'failed',
    error: {
      code: 'SOURCE_INVALID',
      message: expect.stringContaining('named a next page that the run has read already (cursor: page)'),
    },
  })
  expect(account).toMatchObject({ fetched: 0, published: 0, unaccounted: 0 })
  expect(await environment.ledger.cursor()).toEqual(cursor)
})

test('a clock set back a day changes nothing for the cursor: the run reads on, and none is read twice', async () => {
  const before = await ingest(environment, { records: 5 })
  const back = await ingest(environment, { records: 5 }, Date.now() - 86_400_000)
  const after = await ingest(environment, { records: 5 })
  expect(back.run.id < before.run.id).toBe(true)
  expect(back.run.cursorBefore).toEqual(before.run.cursorAfter)
  expect(after.run.cursorBefore).toEqual(back.run.cursorAfter)
  for (const { run, account } of [before, back, after]) {
    expect(account).toMatchObject({ fetched: 5, written: 5, duplicates: 0, unaccounted: 0 })
    expect(run.state).toBe('succeeded')
  }
  const ids = await Promise.all([before, back, after].map(({ run }) => environment.ledger.fetched(run.id)))
  expect(new Set(ids.flat().flatMap(({ recordIds }) => recordIds)).size).toBe(15)
})

test('users with new fields are rows, one whose field has another type is a dead letter, and the run says both', async () => {
  const users = somePeople(20)
  const values: object[] = users.map((user, index) => ({
    ...user,
    loyalty: { tier: 'top secret', since: index },
    name: { ...user.name, middle: index % 2 === 0 ? 'top secret' : null },
  }))
  values[7] = { ...values[7], phone: 4_711 }
  const { run, account } = await withAnswers(
    environment,
    () => pageOf(values),
    () => ingest(environment, { records: 20, seed: 'drift' }),
  )
  expect(account).toMatchObject({ fetched: 20, written: 19, deadLettered: 1, pending: 0, unaccounted: 0 })
  expect(await rowsOf(users)).toBe(19)
  const lines = run.drift?.lines.map(({ kind, field, found, effect, count }) => [kind, field, found, effect, count])
  expect(lines?.sort()).toEqual([
    ['changed', 'phone', 'integer', 'dead-letter', 1],
    ['unknown', 'loyalty', 'object', 'left-out', 19],
    ['unknown', 'name.middle', 'null', 'left-out', 9],
    ['unknown', 'name.middle', 'string', 'left-out', 10],
  ])
  expect(JSON.stringify(run)).not.toContain('top secret')
  expect(driftLines(run.drift)).toContain(
    '  changed phone (integer): once, a dead letter (freeze); first in value 7 at phone',
  )
  const letters = await environment.deadLetters('users_created')
  const own = letters.filter(({ headers }) => headerText(headers, headerNames.run) === run.id)
  expect(own.map(({ value, headers }) => [String(value), headerText(headers, headerNames.deadLetterReason)])).toEqual([
    [JSON.stringify(values[7]), 'the fetched value does not fit at "phone"'],
  ])
})
