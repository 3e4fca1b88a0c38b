/**
 * Changed definitions over an app that runs: what fits is deployed while records flow, what does not changes nothing.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { frame } from '../../src/core/wire-format.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { changedApp, deployed, functionCode } from './schema-app.ts'

let environment: FaultEnvironment
/** The app before any change. */
let original: string
beforeAll(async () => {
  environment = await faultEnvironment('schema')
  original = await changedApp(environment.folder, 'original')
  await deployed(environment, original)
})
afterAll(() => environment?.remove())

const records = 100
let runs = 0

async function run(): Promise<string> {
  runs += 1
  return (await trigger(environment.endpoints.aws, pipeline, { records, seed: `schema-${runs}` })).run
}

/** Does something with runs before, after and all the while; each of them must be written to its last record. */
async function whileRecordsFlow(work: () => Promise<unknown>): Promise<void> {
  const ids = [await run()]
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  working.catch(() => {})
  for (; !isOver; await delay(500)) ids.push(await run())
  await working
  ids.push(await run())
  for (const id of ids) {
    expect(await environment.settled(id)).toMatchObject({
      written: records,
      deadLettered: 0,
      pending: 0,
      unaccounted: 0,
    })
  }
}

const change = (name: string, replacements: readonly (readonly [string, string])[]) =>
  changedApp(environment.folder, name, replacements, original)
const refused = (message: string) =>
  expect.objectContaining({ code: 'DEPLOY_FAILED', message: expect.stringContaining(message) })
const country = "{ name: 'country', type: 'string' },\n"
const versions = async () => (await environment.clients.registry.versions('users_created-value')).length

test('an incompatible schema stops the deploy and names the field, and the app goes on as it is', async () => {
  const before = await functionCode(environment)
  const app = await change('incompatible', [[country, `${country}  { name: 'loyalty', type: 'int' },\n`]])
  await whileRecordsFlow(() =>
    expect(deployed(environment, app)).rejects.toThrow(
      refused(
        'subject "users_created-value": field "loyalty" is new and has no default (none → int): give it a default',
      ),
    ),
  )
  expect(await functionCode(environment)).toEqual(before)
  expect(await versions()).toBe(1)
})

test('the old definition is deployed again afterwards, and is not taken for deployed already', async () => {
  await whileRecordsFlow(async () => {
    expect(await deployed(environment, original)).toContainEqual(expect.stringContaining('app deployed after'))
  })
  expect(await deployed(environment, original)).toEqual(['app deployed already, nothing changed'])
  expect(await versions()).toBe(1)
})

test('a changed column type is refused by name, and the app goes on as it is', async () => {
  const before = await functionCode(environment)
  const app = await change('column-type', [["gender: 'text'", "gender: 'int'"]])
  await whileRecordsFlow(() =>
    expect(deployed(environment, app)).rejects.toThrow(
      refused('column "gender" of table "created_users" has type text, but the pipeline asks for int'),
    ),
  )
  expect(await functionCode(environment)).toEqual(before)
})

test('a changed key is refused with the old and the new one, and the app goes on as it is', async () => {
  const before = await functionCode(environment)
  const app = await change('key', [['clusteringColumns: []', "clusteringColumns: ['email']"]])
  await whileRecordsFlow(() =>
    expect(deployed(environment, app)).rejects.toThrow(
      refused(
        'table "created_users" has the primary key ((id)), but the pipeline asks for ((id), email) (column "email"): a key cannot be changed; give the table a new name',
      ),
    ),
  )
  expect(await functionCode(environment)).toEqual(before)
})

test('a field with a default and a column for it are deployed while records flow, and old records stay readable', async () => {
  const before = await functionCode(environment)
  const app = await change('compatible', [
    [country, `${country}  { name: 'loyalty', type: 'string', default: 'none' },\n`],
    ['nationality: user.nat,', "nationality: user.nat,\n      loyalty: 'new',"],
    ["country: 'text',", "country: 'text',\n        loyalty: 'text',"],
  ])
  await whileRecordsFlow(() => deployed(environment, app))
  expect(await versions()).toBe(2)
  const after = await functionCode(environment)
  for (const [name, code] of Object.entries(after)) expect(code, name).not.toBe(before[name])

  const { cassandra, registry } = environment.clients
  const { rows } = await cassandra.execute('SELECT loyalty FROM sluice.created_users', [], { fetchSize: 5_000 })
  const values = new Set(rows.map(({ loyalty }) => loyalty))
  expect(values.has(null) && values.has('new')).toBe(true)

  const id = await registry.idOf('users_created-value', JSON.stringify(pipeline.topic.schema))
  const old = avroCodec(pipeline.topic.schema)
  const ids = ['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002']
  const user = Object.fromEntries(pipeline.topic.schema.fields.map(({ name }) => [name, 'x@y']))
  const late = await environment.publishAsRun(
    'written-with-the-old-schema',
    ids.map((key) => ({
      key,
      value: frame(id, old.encode({ ...user, id: key })),
      headers: {},
      timestamp: Date.now(),
    })),
  )
  expect(await environment.settled(late)).toMatchObject({ written: 2, pending: 0, unaccounted: 0 })
  const read = await cassandra.execute('SELECT loyalty FROM sluice.created_users WHERE id = ?', [ids[0]])
  expect(read.first()?.loyalty).toBe('none')
})

test('the definition before it can be deployed again: its functions read what the newer ones wrote', async () => {
  await whileRecordsFlow(() => deployed(environment, original))
  expect(await versions()).toBe(2)
})
