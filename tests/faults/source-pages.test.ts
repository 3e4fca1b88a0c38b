import { afterAll, beforeAll, expect, test } from 'vitest'
import { headerNames, headerText } from '../../src/core/headers.ts'
import type { FaultEnvironment } from './environment.ts'
import { type EndedRun, ingest, pageOf, somePeople, unscheduledEnvironment, withAnswers } from './source-runs.ts'

let environment: FaultEnvironment

beforeAll(async () => {
  environment = await unscheduledEnvironment('source-pages')
})
afterAll(() => environment?.remove())

/** A run that reads exactly one page of these values. */
const runOf = (values: readonly unknown[]): Promise<EndedRun> =>
  withAnswers(
    environment,
    () => pageOf(values),
    () => ingest(environment, { records: values.length, seed: 'page' }),
  )

async function rowOf(id: string) {
  const query = 'SELECT * FROM sluice.created_users WHERE id = ?'
  return (await environment.clients.cassandra.execute(query, [id])).first()
}

/** Dead letters of a run in the order of its values: what was fetched, code and reason. */
async function lettersOf({ run }: EndedRun) {
  const letters = await environment.deadLetters('users_created')
  return letters
    .filter(({ headers }) => headerText(headers, headerNames.run) === run.id)
    .map(({ key, value, headers }) => ({
      key,
      value: String(value),
      code: headerText(headers, headerNames.deadLetterCode),
      reason: headerText(headers, headerNames.deadLetterReason),
    }))
}

test('users as API 1.0 described them are dead letters one by one, and the run is accounted for', async () => {
  const old = somePeople(30).map(({ login: { username }, location, dob, ...rest }) => ({
    ...rest,
    login: { username },
    location: { ...location, street: `${location.street.number} ${location.street.name}` },
    dob: dob.date,
  }))
  const ended = await runOf(old)
  expect(ended.run).toMatchObject({ state: 'succeeded', error: null })
  expect(ended.account).toMatchObject({ fetched: 30, published: 0, deadLettered: 30, pending: 0, unaccounted: 0 })
  const reason = 'the fetched value does not fit at "location.street"'
  const letters = old.map((value) => ({ key: null, value: JSON.stringify(value), code: 'VALUE_INVALID', reason }))
  expect(await lettersOf(ended)).toEqual(letters)
})

test('a run with an empty page only has failed, and the next one asks for the same page again', async () => {
  const before = await ingest(environment, { records: 5 })
  const empty = await withAnswers(
    environment,
    () => pageOf([], 9),
    () => ingest(environment, { records: 5 }),
  )
  expect(empty.run).toMatchObject({
    state: 'failed',
    error: { code: 'RUN_EMPTY' },
    fetched: 0,
    cursorAfter: before.run.cursorAfter,
  })
  expect(empty.account).toMatchObject({ fetched: 0, published: 0, pending: 0, unaccounted: 0 })
  const next = await ingest(environment, { records: 5 })
  expect(next.run.cursorBefore).toEqual(before.run.cursorAfter)
  expect(next.account).toMatchObject({ fetched: 5, written: 5, pending: 0, unaccounted: 0 })
})

test('pages of 100 kB, and values of 100 kB and 900 kB, are written whole', async () => {
  const users = somePeople(120)
  const long = ['ä'.repeat(50_000), 'x'.repeat(100_000), 'y'.repeat(900_000)]
  for (const [index, phone] of long.entries())
    users[index * 50] = { ...(users[index * 50] as (typeof users)[0]), phone }
  expect(JSON.stringify(users.slice(1, 50)).length).toBeGreaterThan(50_000)
  const { account } = await runOf(users)
  expect(account).toMatchObject({ fetched: 120, written: 120, deadLettered: 0, pending: 0, unaccounted: 0 })
  for (const { login, phone } of users.slice(0, 101)) expect((await rowOf(login.uuid))?.phone === phone).toBe(true)
})

test('a value too large for its topic is a dead letter, cut where none could take it, and the rest is written', async () => {
  const [good, large, huge] = somePeople(3) as [object, object, object]
  const values = [{ ...large, phone: '7'.repeat(1_100_000) }, good, { ...huge, phone: '8'.repeat(3_000_000) }]
  const ended = await runOf(values)
  expect(ended.run).toMatchObject({ state: 'succeeded' })
  expect(ended.account).toMatchObject({ fetched: 3, written: 1, deadLettered: 2, pending: 0, unaccounted: 0 })
  const [whole, cut] = (await lettersOf(ended)).sort((a, b) => a.value.length - b.value.length)
  expect(whole?.value === JSON.stringify(values[0])).toBe(true)
  expect(cut?.value.length).toBeGreaterThan(2_000_000)
  expect(JSON.stringify(values[2]).startsWith(cut?.value as string)).toBe(true)
  expect([whole?.code, cut?.code]).toEqual(['RECORD_TOO_LARGE', 'RECORD_TOO_LARGE'])
  expect(whole?.reason).toMatch(/^the record for topic users_created has \d+ bytes .* allowed$/)
  expect(cut?.reason).toMatch(/; of its \d+ bytes the first \d+ are kept$/)
})

test.each([
  ['first', 0],
  ['in the middle', 20],
  ['last', 39],
])('one bad user %s among good ones is a dead letter, and the others are written', async (_, at) => {
  const users: object[] = somePeople(40)
  users[at] = { ...users[at], email: null }
  const ended = await runOf(users)
  expect(ended.account).toMatchObject({ fetched: 40, written: 39, deadLettered: 1, pending: 0, unaccounted: 0 })
  expect(await lettersOf(ended)).toEqual([
    {
      key: null,
      value: JSON.stringify(users[at]),
      code: 'VALUE_INVALID',
      reason: 'the fetched value does not fit at "email"',
    },
  ])
})

test('the same user twice in a page is published twice, counted as a duplicate and one row', async () => {
  const users = somePeople(10)
  const again = { ...(users[3] as (typeof users)[0]), phone: '2' }
  const { account } = await runOf([...users, again])
  expect(account).toMatchObject({ fetched: 11, published: 11, duplicates: 1, written: 11, pending: 0, unaccounted: 0 })
  expect((await rowOf(again.login.uuid))?.phone).toBe('2')
})

test('NUL characters are written as they are; half a surrogate pair makes a dead letter that keeps it', async () => {
  const [nul, half, other] = somePeople(3) as [{ login: { uuid: string } }, object, object]
  const values = [
    { ...nul, phone: '\0a\0' },
    { ...half, phone: '4711\ud83d' },
    { ...other, cell: '\udc00' },
  ]
  const ended = await runOf(values)
  expect(ended.account).toMatchObject({ fetched: 3, written: 2, deadLettered: 1, pending: 0, unaccounted: 0 })
  expect((await rowOf(nul.login.uuid))?.phone).toBe('\0a\0')
  expect(await lettersOf(ended)).toEqual([
    {
      key: null,
      value: JSON.stringify(values[1]),
      code: 'RECORD_INVALID',
      reason: 'field "phone" holds half a surrogate pair, which UTF-8 cannot hold',
    },
  ])
})
