import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { headerText } from '../../src/core/headers.ts'
import { writtenTopic } from '../../src/core/pipeline.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { type Change, type Crafted, expectDeadLetters, expectRows, type RecordMaker, recordMaker } from './records.ts'
import { badKinds, goodKinds } from './records-kinds.ts'

const topic = writtenTopic(pipeline)
const bad: readonly Change[] = [...Object.values(badKinds), { fields: { id: 'nobody' }, code: 'RECORD_INVALID' }]
let environment: FaultEnvironment
let make: RecordMaker

beforeAll(async () => {
  environment = await faultEnvironment('records-write')
  make = recordMaker(environment, topic)
})
afterAll(() => environment?.remove())

/** Puts records on the topic that the writer reads and waits for each one's row or dead letter. */
async function expectFates(changes: readonly Change[]): Promise<void> {
  const crafted: Crafted[] = await Promise.all(changes.map((change) => make(change)))
  await environment.producer.send(
    topic.name,
    crafted.map(({ record }) => ({ partition: 0, ...record })),
  )
  const isBad = new Set(crafted.filter(({ code }) => code !== null).map(({ id }) => id))
  const settled = async () => {
    const letters = await environment.deadLetters(topic.name)
    const here = letters.filter(({ headers }) => isBad.has(headerText(headers, 'test-id') ?? ''))
    expect(here).toHaveLength(isBad.size)
    await expectRows(environment, crafted)
  }
  await vi.waitFor(settled, { timeout: 120_000, interval: 200 })
  await expectDeadLetters(environment, topic.name, 'write', crafted)
}

/** A run of the ordinary kind passes where the records by hand did, and the poller has no trouble. */
async function expectFlow(): Promise<void> {
  const { run } = await trigger(environment.endpoints.aws, pipeline, { records: 60, seed: 'flow' })
  expect(await environment.settled(run)).toMatchObject({ fetched: 60, written: 60, pending: 0, unaccounted: 0 })
  for (const stage of ['process', 'write'] as const) {
    expect(environment.mapping(stage)).toMatchObject({ lastProcessingResult: 'OK' })
  }
}

test('bad records of every kind among good ones are dead letters, and the good ones are rows', async () => {
  await expectFates([{}, ...bad.flatMap((change) => [change, {}])])
  await expectFlow()
})

test('good records of every kind among bad ones are rows', async () => {
  const [one, other] = bad as [Change, Change]
  await expectFates([one, ...Object.values(goodKinds(topic)).flatMap((change) => [change, other])])
  await expectFlow()
})

test.each([
  ['first', (at: number) => at === 0],
  ['last', (at: number) => at === 59],
  ['all', () => true],
])('a row that Cassandra refuses, %s of a batch, is a dead letter, and the rest is written', async (_, isBad) => {
  const refused = { fields: { id: 'nobody' }, code: 'RECORD_INVALID' }
  await expectFates(Array.from({ length: 60 }, (_each, at) => (isBad(at) ? refused : {})))
  await expectFlow()
})

test('several bad records in several partitions at once are dead letters, and the rest is written', async () => {
  const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition)
  const placed = (change: Change, partition: number) => ({ ...change, record: { ...change.record, partition } })
  await expectFates(partitions.flatMap((partition) => [...bad, {}, {}, {}].map((change) => placed(change, partition))))
  await expectFlow()
})
