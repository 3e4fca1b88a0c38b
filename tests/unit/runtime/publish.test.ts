import fc from 'fast-check'
import { expect, test } from 'vitest'
import { publishedRanges } from '../../../src/runtime/publish.ts'

/** Values with these ids, the first of which is the attempt's eighth. */
const values = (...ids: string[]) => ids.map((id, index) => ({ id, number: 7 + index }))

test('the records of a partition that follow each other are one range', () => {
  const positions = [
    { partition: 2, offset: 10 },
    { partition: 0, offset: 7 },
    { partition: 2, offset: 11 },
  ]
  expect(publishedRanges('t', positions, '1-a', values('a', 'b', 'c'))).toEqual([
    { topic: 't', partition: 2, firstOffset: 10, recordIds: ['a', 'c'], attempt: '1-a', numbers: [7, 9] },
    { topic: 't', partition: 0, firstOffset: 7, recordIds: ['b'], attempt: '1-a', numbers: [8] },
  ])
})

test('a gap, where another produced in between, begins a new range', () => {
  const positions = [4, 5, 8, 9].map((offset) => ({ partition: 0, offset }))
  expect(publishedRanges('t', positions, '1-a', values('a', 'b', 'c', 'd'))).toEqual([
    { topic: 't', partition: 0, firstOffset: 4, recordIds: ['a', 'b'], attempt: '1-a', numbers: [7, 8] },
    { topic: 't', partition: 0, firstOffset: 8, recordIds: ['c', 'd'], attempt: '1-a', numbers: [9, 10] },
  ])
})

test('nothing published is no range', () => {
  expect(publishedRanges('t', [], '1-a', [])).toEqual([])
})

test('every record is in exactly one range, at its own position', () => {
  const step = fc.record({ partition: fc.nat(3), gap: fc.constantFrom(0, 0, 0, 1, 5) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const next = new Map<number, number>()
      const positions = steps.map(({ partition, gap }) => {
        const offset = (next.get(partition) ?? 0) + gap
        next.set(partition, offset + 1)
        return { partition, offset }
      })
      const idOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`
      const ranges = publishedRanges('t', positions, '1-a', values(...positions.map(idOf)))
      const placed = ranges.flatMap(({ partition, firstOffset, recordIds }) =>
        recordIds.map((id, index) => [id, idOf({ partition, offset: firstOffset + index })]),
      )
      for (const [id, position] of placed) expect(id).toBe(position)
      expect(placed.map(([id]) => id).sort()).toEqual(positions.map(idOf).sort())
    }),
  )
})
