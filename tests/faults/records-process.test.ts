import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import {
  type Change,
  type Crafted,
  expectDeadLetters,
  expectProcessed,
  expectRows,
  type RecordMaker,
  recordMaker,
} from './records.ts'
import { badKinds, goodKinds } from './records-kinds.ts'

const { topic } = pipeline
const bad = Object.values(badKinds)
let environment: FaultEnvironment
let make: RecordMaker

beforeAll(async () => {
  environment = await faultEnvironment('records-process')
  make = recordMaker(environment, topic)
})
afterAll(() => environment?.remove())

const expectFates = (runId: string, crafted: readonly Crafted[]) =>
  expectProcessed(environment, topic.name, runId, crafted)

test.each(Object.entries(badKinds))(
  'a record with %s is a dead letter, and those around it are written',
  async (kind, change) => {
    await expectFates(`kind ${kind}`, [await make(), await make(change), await make()])
  },
)

test.each(Object.entries(goodKinds(topic)))('%s is written, also between bad ones', async (kind, change) => {
  const [one, other] = [bad[0] as Change, bad[4] as Change]
  await expectFates(`kind ${kind}`, [await make(one), await make(change), await make(other)])
})

test.each([
  ['first', (at: number) => at < bad.length],
  ['last', (at: number) => at >= 100],
  ['every second', (at: number) => at % 2 === 0],
  ['all', () => true],
])(
  'bad records of every kind that are %s of a batch are dead letters, and the rest is written',
  async (name, isBad) => {
    const changes = Array.from({ length: 100 + bad.length }, (_, at) => (isBad(at) ? bad[at % bad.length] : {}))
    const light = changes.map((change) =>
      change === badKinds['900 kB that are no Avro'] ? badKinds['not Avro'] : change,
    )
    await expectFates(`place ${name}`, await Promise.all(light.map((change) => make(change))))
  },
)

test('several bad records in several partitions at once are dead letters, and the rest is written', async () => {
  const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition)
  const crafted = partitions.flatMap((partition) => [
    ...Array.from({ length: 10 }, () => make({ record: { partition } })),
    ...bad.map((change) => make({ ...change, record: { ...change.record, partition } })),
    make({ record: { partition } }),
  ])
  await expectFates('partitions', await Promise.all(crafted))
})

test('an id that is no UUID is given up by the write stage alone', async () => {
  const wrong = await make({ fields: { id: 'nobody' } })
  const good = [await make(), await make()]
  await environment.publishAsRun(
    'no-uuid',
    [...good, wrong].map(({ record }) => ({ ...record, partition: 0 })),
  )
  const account = await environment.settled('no-uuid')
  expect(account).toMatchObject({ fetched: 3, written: 2, deadLettered: 1, pending: 0, unaccounted: 0 })
  await expectDeadLetters(environment, topic.name, 'process', good)
  await expectRows(environment, good)
  expect(await environment.deadLetters('users_enriched')).toHaveLength(1)
})
