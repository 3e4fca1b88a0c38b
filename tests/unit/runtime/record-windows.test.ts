/** What counts as coming before a record is the same for any process, whatever it held before. */
import { expect, test } from 'vitest'
import { SluiceError } from '../../../src/core/errors.ts'
import type { IncomingRecord } from '../../../src/runtime/incoming-record.ts'
import { type ReadBack, recordWindows } from '../../../src/runtime/record-windows.ts'
import { orders } from '../../fixtures/orders.ts'

/** Records of one partition; at offset n stands `log[n]`: key, event time, or what cannot be read. */
type Entry = readonly [key: string, at: number] | 'unreadable'

const reach = 6
const window = { eventTime: ({ amount }: Record<string, unknown>) => Number(amount), ms: 10, reach }

const bytes = (entry: Entry) => Buffer.from(JSON.stringify(entry))
const decode = (value: Buffer) => {
  const entry = JSON.parse(value.toString()) as Entry
  if (entry === 'unreadable') throw new SluiceError('RECORD_UNREADABLE', 'no frame')
  return { id: `${entry[0]}${entry[1]}`, amount: entry[1], note: entry[0] }
}

/** A pipeline whose records are told apart by their ids and share keys. */
const pipeline = {
  ...orders,
  source: { ...orders.source, id: ({ id }: Record<string, unknown>) => String(id) },
  topic: { ...orders.topic, key: ({ note }: Record<string, unknown>) => String(note) },
}

function processOn(log: readonly Entry[]) {
  const ranges: [number, number][] = []
  const readBack: ReadBack = async ({ from, to }, onValue) => {
    ranges.push([from, to])
    for (let offset = from; offset < to; offset++) onValue(offset, bytes(log[offset] as Entry))
  }
  const windows = recordWindows(pipeline, window, { decode }, readBack)
  /** Judges a batch; ids of what came before each record, null where it cannot be read. */
  const batch = async (from: number, to: number, isTaken = (_: number) => true) => {
    const offsets = log.flatMap((_, offset) => (offset >= from && offset < to && isTaken(offset) ? [offset] : []))
    const records = offsets.map(
      (offset): IncomingRecord => ({
        ...{ topic: 'orders', partition: 0, offset, timestamp: 0, headers: {} },
        ...{ key: Buffer.from('k'), value: bytes(log[offset] as Entry) },
      }),
    )
    await windows.prepare(records)
    return records.map((record) => {
      if (record.value?.toString() === '"unreadable"') return null
      return windows.before(record, decode(record.value as Buffer)).map(({ id }) => id)
    })
  }
  return { batch, ranges, windows }
}

// prettier-ignore
const log: Entry[] = [
  ['a', 1],
  ['b', 2],
  ['a', 3],
  'unreadable',
  ['a', 5],
  ['b', 6],
  ['a', 4],
  ['a', 5],
  ['b', 16],
  ['a', 14],
  ['a', 15],
  ['b', 17],
  ['a', 40],
  'unreadable',
  ['a', 41],
  ['b', 18],
]

test('records of the same key, before it in time and partition, within window and reach, oldest first, each once', async () => {
  const { batch, ranges } = processOn(log)
  expect(await batch(0, log.length)).toEqual([
    ...[[], [], ['a1'], null, ['a1', 'a3'], ['b2'], ['a1', 'a3'], ['a3', 'a4']],
    ...[['b6'], ['a4', 'a5'], ['a5', 'a14'], ['b16'], [], null, ['a40'], ['b17']],
  ])
  expect(ranges).toEqual([])
})

test('however the partition is cut into batches, and whoever begins where, the answers are those', async () => {
  const whole = await processOn(log).batch(0, log.length)
  for (let cut = 0; cut <= log.length; cut++) {
    for (let again = 0; again <= cut; again++) {
      const { batch } = processOn(log)
      if (cut > 0) expect(await batch(0, cut)).toEqual(whole.slice(0, cut))
      if (again < log.length) expect(await batch(again, log.length), `${cut}, ${again}`).toEqual(whole.slice(again))
      const fresh = processOn(log)
      if (cut < log.length) expect(await fresh.batch(cut, log.length), `from ${cut}`).toEqual(whole.slice(cut))
    }
  }
})

test('records that are tried again without those between them are judged as with them, and so are those behind', async () => {
  const whole = await processOn(log).batch(0, log.length)
  for (let cut = 1; cut <= log.length; cut++) {
    const { batch } = processOn(log)
    expect(await batch(0, cut, (offset) => offset % 3 === 1), `before ${cut}`).toEqual(
      whole.slice(0, cut).filter((_, offset) => offset % 3 === 1),
    )
    if (cut < log.length) expect(await batch(cut, log.length), `from ${cut}`).toEqual(whole.slice(cut))
  }
})

test('only what is missing is read back', async () => {
  const { batch, ranges } = processOn(log)
  await batch(8, 10)
  await batch(10, 12)
  await batch(10, 12)
  await batch(14, 16)
  await batch(9, 10)
  expect(ranges).toEqual([
    [2, 8],
    [12, 14],
    [3, 9],
  ])
})

test('a window that could not be read back is read again; what was forgotten, too', async () => {
  const { batch, ranges, windows } = processOn(log)
  const failing = recordWindows(pipeline, window, { decode }, async () => {
    throw new SluiceError('KAFKA_UNAVAILABLE', 'away')
  })
  const record = { topic: 'orders', partition: 0, offset: 9, timestamp: 0, headers: {}, key: null, value: null }
  await expect(failing.prepare([record])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
  expect(() => failing.before(record, {})).toThrow('partition 0')
  await batch(8, 10)
  windows.forget()
  await batch(10, 12)
  expect(ranges).toEqual([
    [2, 8],
    [4, 10],
  ])
})
