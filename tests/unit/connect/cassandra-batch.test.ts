/** The frames of batches against those that cassandra-driver itself writes. */
import { createRequire } from 'node:module'
import { type Client, types } from 'cassandra-driver'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BatchClient, writeBatchesWhole } from '../../../src/connect/cassandra-batch.ts'

type Request = Awaited<ReturnType<BatchClient['_createBatchRequest']>>
type Options = Parameters<BatchClient['_createBatchRequest']>[1]
type Statement = Parameters<BatchClient['_createBatchRequest']>[0][number]

const require = createRequire(import.meta.url)
const { BatchRequest } = require('cassandra-driver/lib/requests.js') as {
  BatchRequest: new (statements: readonly Statement[], options: object) => Request
}
const Encoder = require('cassandra-driver/lib/encoder.js') as new (
  version: number,
  options: object,
) => Parameters<Request['write']>[0]

const { varchar, text, ascii, uuid, bigint, blob, boolean, list } = types.dataTypes
const stream = 513
const driver = (statements: readonly Statement[], options: object) => new BatchRequest(statements, options)

/** What a client makes of a batch once it writes batches whole. */
async function ours(statements: readonly Statement[], options: object): Promise<Request> {
  const client = { _createBatchRequest: async (all: readonly Statement[], how: object) => driver(all, how) }
  writeBatchesWhole(client as unknown as Client)
  return client._createBatchRequest(statements, options)
}

const optionsWith = (change: Partial<Options> & { timestamp?: types.Long | null; logged?: boolean } = {}) => ({
  getOrGenerateTimestamp: () => change.timestamp ?? null,
  getHints: () => null,
  isBatchCounter: () => false,
  isBatchLogged: () => change.logged ?? false,
  getKeyspace: () => null,
  isQueryTracing: () => false,
  getCustomPayload: () => null,
  getConsistency: () => types.consistencies.localQuorum,
  getSerialConsistency: () => null,
  ...change,
})

const anyText = fc.string({ unit: 'binary', maxLength: 80 })
const unpaired = fc.constantFrom('\ud800', 'a\udc00b')
const values: readonly [fc.Arbitrary<unknown>, object][] = [
  [fc.oneof(anyText, unpaired), { code: varchar }],
  [anyText, { code: text }],
  [fc.stringMatching(/^[ -~]*$/), { code: ascii }],
  [fc.uuid(), { code: uuid }],
  [fc.maxSafeInteger(), { code: bigint }],
  [fc.uint8Array().map((bytes) => Buffer.from(bytes)), { code: blob }],
  [fc.boolean(), { code: boolean }],
  [fc.array(anyText, { maxLength: 3 }), { code: list, info: { code: varchar } }],
]
const meta = { columns: values.map(([, type]) => ({ type: type as { code: number } })) }
const row = fc.tuple(
  ...values.map(([value]) => fc.oneof({ weight: 8, arbitrary: value }, fc.constantFrom(null, undefined))),
)
const statement = fc.record({
  queryId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  params: row,
  meta: fc.constant(meta),
})
const encoders = [{}, { encoding: { useUndefinedAsUnset: true } }].map((options) => new Encoder(4, options))
const options = fc.record({
  timestamp: fc.option(fc.maxSafeInteger().map((micros) => types.Long.fromNumber(micros))),
  logged: fc.boolean(),
})

test('are the same bytes, of the same length, whatever the values', async () => {
  const batches = fc.array(statement, { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(batches, options, fc.constantFrom(...encoders), async (statements, how, encoder) => {
      const expected = driver(statements, optionsWith(how))
      const request = await ours(statements, optionsWith(how))
      expect(request.write(encoder, stream)).toEqual(expected.write(encoder, stream))
      expect(request.length).toBe(expected.length)
    }),
  )
})

test('hold more than what was kept for them, and stay as they are when the next one is written', async () => {
  const prepared = (value: string) => ({ queryId: Buffer.alloc(16, 1), params: [value], meta })
  const [encoder] = encoders
  if (!encoder) throw new Error('there is an encoder')
  const large = await ours([prepared('ü'.repeat(200_000)), prepared('b')], optionsWith())
  const frame = large.write(encoder, stream)
  const copy = Buffer.from(frame)
  ;(await ours([prepared('x'.repeat(300_000))], optionsWith())).write(encoder, stream)
  expect(frame.equals(copy)).toBe(true)
  expect(
    frame.equals(driver([prepared('ü'.repeat(200_000)), prepared('b')], optionsWith()).write(encoder, stream)),
  ).toBe(true)
})

test('a value that does not fit its column fails as it does at the driver, and the next frame is whole', async () => {
  const [encoder] = encoders
  if (!encoder) throw new Error('there is an encoder')
  const prepared = (value: unknown) => ({ queryId: Buffer.alloc(16, 1), params: [value], meta })
  const wrong = await ours([prepared('a'), prepared(5)], optionsWith())
  expect(() => wrong.write(encoder, stream)).toThrow('Not a valid text value, expected String obtained 5')
  const right = [prepared('c')]
  expect((await ours(right, optionsWith())).write(encoder, stream)).toEqual(
    driver(right, optionsWith()).write(encoder, stream),
  )
})

test.each([
  ['a statement that is not prepared', { statements: [{ query: 'x', params: ['a'] }] }],
  ['tracing', { options: { isQueryTracing: () => true } }],
  ['a payload', { options: { getCustomPayload: () => ({ a: Buffer.from('b') }) } }],
  ['serial consistency', { options: { getSerialConsistency: () => types.consistencies.serial } }],
  ['an older protocol', { version: 3 }],
])('%s stays the driver’s', async (_, { statements, options: change, version = 4 }: Partial<Unusual>) => {
  const encoder = new Encoder(version, {})
  const batch = statements ?? [{ queryId: Buffer.alloc(16, 1), params: ['a'], meta }]
  const request = await ours(batch, optionsWith(change))
  expect(request.write(encoder, stream)).toEqual(driver(batch, optionsWith(change)).write(encoder, stream))
})

type Unusual = { statements: readonly Statement[]; options: Partial<Options>; version: number }
