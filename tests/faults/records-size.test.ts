import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { maxRecordBytes, recordBytes } from '../../src/core/record-size.ts'
import { type FaultEnvironment, faultEnvironment } from './environment.ts'
import { type Change, type Crafted, expectProcessed, type RecordMaker, recordMaker } from './records.ts'

const { topic } = pipeline
let environment: FaultEnvironment
let make: RecordMaker

beforeAll(async () => {
  environment = await faultEnvironment('records-size')
  make = recordMaker(environment, topic)
})
afterAll(() => environment?.remove())

/** A record that fills its topic's limit up to `spare` bytes by a header of `byte`. */
async function filled(change: Change, spare: number, byte = 0x80): Promise<Crafted> {
  const crafted = await make(change)
  const { headers } = crafted.record
  const room = maxRecordBytes - recordBytes({ ...crafted.record, headers: { ...headers, fill: '' } }) - spare
  return { ...crafted, record: { ...crafted.record, headers: { ...headers, fill: Buffer.alloc(room, byte) } } }
}

const expectFates = (runId: string, crafted: readonly Crafted[]) =>
  expectProcessed(environment, topic.name, runId, crafted)

test.each([
  ['its headers alone', {}],
  ['a value of 900 kB and its headers', { fields: { phone: 'x'.repeat(900_000) } }],
])(
  'a record that fits its topic by %s, but not the next, is a dead letter and the rest is written',
  async (name, change) => {
    await expectFates(`over ${name}`, [
      await make(),
      await filled({ ...change, code: 'RECORD_TOO_LARGE' }, 0),
      await make(),
      await filled({ ...change, code: 'RECORD_TOO_LARGE' }, 100),
      await make(),
    ])
  },
)

test('a record that just fits both topics is written', async () => {
  await expectFates('just', [await make(), await filled({}, 1_000), await make()])
})

test('a bad record that fills its topic is a dead letter with all its headers', async () => {
  await expectFates('bad', [
    await make(),
    await filled({ value: () => null, code: 'RECORD_VALUE_MISSING' }, 0),
    await filled({ value: () => Buffer.alloc(1_000_000, '{'), code: 'RECORD_UNREADABLE' }, 0),
    await make(),
  ])
})

test('a record that processing makes too large by its value alone is a dead letter', async () => {
  const email = `a@${'x'.repeat(526_000)}`
  await expectFates('twice', [await make(), await make({ fields: { email }, code: 'RECORD_TOO_LARGE' }), await make()])
})

test('ten of the largest records in a row are each given up or written, and the poller goes on', async () => {
  const large = Array.from({ length: 10 }, (_, at) =>
    filled(at % 2 === 0 ? {} : { code: 'RECORD_TOO_LARGE' }, at % 2 === 0 ? 1_000 : 0, 0x30),
  )
  await expectFates('ten', await Promise.all(large))
  for (const stage of ['process', 'write'] as const) {
    expect(environment.mapping(stage)).toMatchObject({ lastProcessingResult: 'OK' })
  }
})
