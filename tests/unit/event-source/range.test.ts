import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOf, fetchedBefore, lengthOf, startsOf } from '../../../src/event-source/range.ts'
import { failing, fetched, start, success } from './dispatcher-scene.ts'

const range = [
  { partition: 0, start: 2, end: 5 },
  { partition: 2, start: 7, end: 7 },
]

test('a range says where each partition begins and ends; of a partition that it does not name, nothing is read', () => {
  expect([...startsOf(range)]).toEqual([
    [0, 2],
    [2, 7],
  ])
  expect([0, 1, 2].map((partition) => endOf(range, partition))).toEqual([5, 0, 7])
  expect(endOf(null, 0)).toBeNull()
  expect(lengthOf(range)).toBe(3)
})

test('what was fetched is cut before the end, and a fetch that ends before it is left as it is', () => {
  const found = fetched(0, [3, 4, 6])
  expect(fetchedBefore(7, found)).toBe(found)
  expect(fetchedBefore(5, found)).toEqual({ ...fetched(0, [3, 4]), next: 5 })
  expect(fetchedBefore(3, found)).toEqual({ ...fetched(0, []), next: 3 })
})

describe('a mapping with a range', () => {
  const bounded = (handler: Parameters<typeof start>[0], settings = {}) => start(handler, { range, settings })

  test('hands no record at or behind the end to its function, fetches no more, and is settled up to the end', async () => {
    const seen: number[] = []
    const { dispatcher, paused } = bounded((offsets) => {
      seen.push(...(offsets.get(0) ?? []))
      return success
    })
    dispatcher.begin(0, 2, 2)
    dispatcher.receive(fetched(0, [2, 3]))
    dispatcher.receive(fetched(0, [4, 5, 6, 7]))
    dispatcher.receive(fetched(0, [8]))
    await expect.poll(() => dispatcher.partitions.get(0)?.isEnded).toBe(true)
    expect(seen).toEqual([2, 3, 4])
    expect(dispatcher.partitions.get(0)?.prefix.next).toBe(5)
    expect(paused.at(-1)).toBe('pause 0')
    expect(dispatcher.partitionStatus()).toMatchObject([{ settled: 3, lag: 0 }])
    await dispatcher.stop()
  })

  test('is not fetched again when its queue has drained behind the end', async () => {
    const { dispatcher, paused } = bounded(() => success, { queueBytes: 1, payloadLimitBytes: 300 * 1024 })
    dispatcher.begin(0, 2, 2)
    const large = Buffer.alloc(200 * 1024)
    dispatcher.receive(fetched(0, [2, 3, 4, 5], large))
    await expect.poll(() => dispatcher.partitions.get(0)?.isEnded).toBe(true)
    expect(paused).toEqual(['resume 0', 'pause 0'])
    await dispatcher.stop()
  })

  test('does not end over a failed record, and has its lag up to the end', async () => {
    let failures = 0
    const { dispatcher } = bounded(() => (failures++ < 3 ? failing([0, 3]) : success))
    dispatcher.begin(0, 2, 2)
    dispatcher.receive(fetched(0, [2, 3, 4, 5]))
    expect(dispatcher.partitionStatus()).toMatchObject([{ lag: 3 }])
    await expect.poll(() => failures).toBeGreaterThan(1)
    await expect.poll(() => dispatcher.partitions.get(0)?.isEnded).toBe(true)
    expect(failures).toBe(4)
    await dispatcher.stop()
  })

  test('ends over offsets that hold no record, and over records that the log lost', async () => {
    const { dispatcher, paused } = bounded(() => success)
    dispatcher.begin(0, 2, 2)
    dispatcher.receive({ ...fetched(0, []), next: 4 })
    expect(dispatcher.partitions.get(0)?.isEnded).toBe(false)
    dispatcher.skipTo(0, 900)
    expect(dispatcher.partitions.get(0)).toMatchObject({ isEnded: true, prefix: { next: 5 } })
    expect(paused).toEqual(['resume 0', 'pause 0'])
    await dispatcher.stop()
  })

  test('begins nothing in a partition whose range is empty or that it does not name', async () => {
    const { dispatcher, paused } = bounded(() => {
      throw new Error('invoked')
    })
    dispatcher.begin(2, 7, 7)
    dispatcher.begin(1, 0, 0)
    dispatcher.receive(fetched(1, [0, 1]))
    dispatcher.receive(fetched(2, [7]))
    expect(paused.slice(0, 2)).toEqual(['pause 2', 'pause 1'])
    expect(dispatcher.partitionStatus()).toMatchObject([{ queued: 0 }, { queued: 0 }])
    await dispatcher.stop()
  })

  test('however the log is cut into fetches, its function sees the range and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(40), { minLength: 1 }),
        fc.nat(45),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (unsorted, end, sizes) => {
          const log = unsorted.toSorted((a, b) => a - b)
          const seen: number[] = []
          const { dispatcher } = start(
            (offsets) => {
              seen.push(...(offsets.get(0) ?? []))
              return success
            },
            { range: [{ partition: 0, start: 0, end }] },
          )
          dispatcher.begin(0, 0, 0)
          for (let at = 0, turn = 0; at < log.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1
            dispatcher.receive(fetched(0, log.slice(at, at + size)))
            at += size
          }
          dispatcher.receive({ ...fetched(0, []), next: 50 })
          await expect.poll(() => dispatcher.partitions.get(0)?.isEnded, { interval: 1 }).toBe(true)
          expect(seen).toEqual(log.filter((offset) => offset < end))
          await dispatcher.stop()
        },
      ),
      { numRuns: 30 },
    )
  })
})
