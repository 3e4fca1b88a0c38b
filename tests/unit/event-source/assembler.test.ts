import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemble, type BatchLimits, type FreePartition } from '../../../src/event-source/assembler.ts'
import { eventBytes, eventWriter } from '../../../src/event-source/event.ts'
import { RecordQueue } from '../../../src/event-source/record-queue.ts'
import { defaultSettings } from '../../../src/event-source/settings.ts'

const writer = eventWriter({ topic: 'topic', bootstrapServers: ['h:1'], eventSourceArn: null }, defaultSettings.format)
const limits: BatchLimits = { batchSize: 5, windowMs: 500, payloadLimitBytes: 10_000 }

const queued = (partition: number, offset: number, valueBytes: number) =>
  writer.queued(partition, {
    offset,
    timestamp: 0,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.alloc(valueBytes),
    headers: [],
  })

function partition(id: number, records: number, availableSince: number, valueBytes = 3, full = false): FreePartition {
  const queue = new RecordQueue()
  for (let offset = 0; offset < records; offset++) queue.push(queued(id, offset, valueBytes))
  return { id, queue, availableSince, full }
}

const shape = (parts: readonly { partition: number; records: readonly { offset: number }[] }[]) =>
  parts.map(({ partition, records }) => [partition, records.map(({ offset }) => offset)])

describe('a batch goes out', () => {
  test('never without records', () => {
    expect(assemble([partition(0, 0, 0, 3, true)], limits, writer, 1e6)).toEqual({ kind: 'idle' })
  })

  test('when the window of the longest waiting partition is over, with all that fits', () => {
    const free = [partition(0, 2, 1_200), partition(1, 1, 1_000)]
    expect(assemble(free, limits, writer, 1_400)).toEqual({ kind: 'wait', ms: 100 })
    const assembly = assemble(free, limits, writer, 1_500)
    expect(assembly.kind === 'batch' && shape(assembly.parts)).toEqual([
      [1, [0]],
      [0, [0, 1]],
    ])
  })

  test('at once when the window is 0', () => {
    expect(assemble([partition(0, 1, 1_000)], { ...limits, windowMs: 0 }, writer, 1_000).kind).toBe('batch')
  })

  test('when BatchSize records are there, over all partitions', () => {
    const free = [partition(0, 2, 1_000), partition(1, 4, 1_001)]
    const assembly = assemble(free, limits, writer, 1_001)
    expect(assembly.kind === 'batch' && shape(assembly.parts)).toEqual([
      [0, [0, 1]],
      [1, [0, 1, 2]],
    ])
    expect(free[1]?.queue.length).toBe(1)
  })

  test('when the payload limit is reached, filled to the byte', () => {
    const three = [0, 1, 2].map((offset) => queued(0, offset, 900))
    const payloadLimitBytes = eventBytes(writer, [{ partition: 0, records: three }])
    const sent = assemble([partition(0, 4, 0, 900)], { ...limits, payloadLimitBytes }, writer, 0)
    expect(sent.kind === 'batch' && shape(sent.parts)).toEqual([[0, [0, 1, 2]]])
    const less = assemble([partition(0, 4, 0, 900)], { ...limits, payloadLimitBytes: payloadLimitBytes - 1 }, writer, 0)
    expect(less.kind === 'batch' && shape(less.parts)).toEqual([[0, [0, 1]]])
  })

  test('when a partition can queue no more', () => {
    expect(assemble([partition(0, 2, 0, 3, true)], limits, writer, 0).kind).toBe('batch')
  })
})

test('any queues drain into batches within the limits: each record once, in order within its partition', () => {
  const queues = fc.array(fc.array(fc.nat(400), { maxLength: 30 }), { minLength: 1, maxLength: 6 })
  const anyLimits = fc.record({
    batchSize: fc.integer({ min: 1, max: 40 }),
    windowMs: fc.constant(0),
    payloadLimitBytes: fc.integer({ min: 900, max: 6_000 }),
  })
  fc.assert(
    fc.property(queues, anyLimits, (sizes, bounds) => {
      const free = sizes.map((values, id) => {
        const queue = new RecordQueue()
        for (const [offset, bytes] of values.entries()) queue.push(queued(id, offset, bytes))
        return { id, queue, availableSince: id, full: false }
      })
      const seen = sizes.map((): number[] => [])
      for (;;) {
        const assembly = assemble(free, bounds, writer, 1e6)
        if (assembly.kind !== 'batch') break
        expect(assembly.parts.length).toBeGreaterThan(0)
        expect(new Set(assembly.parts.map((part) => part.partition)).size).toBe(assembly.parts.length)
        expect(writer.event(assembly.parts).length).toBeLessThanOrEqual(bounds.payloadLimitBytes)
        expect(assembly.parts.reduce((sum, part) => sum + part.records.length, 0)).toBeLessThanOrEqual(bounds.batchSize)
        for (const part of assembly.parts) seen[part.partition]?.push(...part.records.map((r) => r.offset))
      }
      expect(seen).toEqual(sizes.map((values) => values.map((_, offset) => offset)))
    }),
  )
})
