import { expect, test } from 'vitest'
import { driftCounter, driftFigures } from '../../../src/core/drift-report.ts'

const leftOut = { effect: 'left-out', policy: 'discard' } as const

test('a run without drift has no report', () => {
  expect(driftCounter().report()).toBeNull()
})

test('fields are counted by kind, type and effect, those of items together, with the first place of each', () => {
  const counter = driftCounter()
  for (const item of [3, 4]) counter.note(7, { kind: 'unknown', path: ['items', item, 'x'], found: 'string' }, leftOut)
  counter.note(8, { kind: 'unknown', path: ['items', 0, 'x'], found: 'null' }, leftOut)
  counter.note(9, { kind: 'missing', path: ['y'], found: null }, { effect: 'dead-letter', policy: 'evolve' })
  expect(counter.report()).toEqual({
    lines: [
      {
        kind: 'unknown',
        field: 'items[].x',
        found: 'string',
        ...leftOut,
        count: 2,
        sample: { value: 7, path: 'items[3].x' },
      },
      {
        kind: 'unknown',
        field: 'items[].x',
        found: 'null',
        ...leftOut,
        count: 1,
        sample: { value: 8, path: 'items[0].x' },
      },
      {
        kind: 'missing',
        field: 'y',
        found: null,
        effect: 'dead-letter',
        policy: 'evolve',
        count: 1,
        sample: { value: 9, path: 'y' },
      },
    ],
    others: 0,
  })
})

test('names that a source makes up do not fill the ledger', () => {
  const counter = driftCounter()
  for (let name = 0; name < 10_000; name++) {
    counter.note(0, { kind: 'unknown', path: [`${name}${'é'.repeat(500)}`], found: 'string' }, leftOut)
  }
  const report = counter.report()
  expect([report?.lines.length, report?.others]).toEqual([50, 9_950])
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(50_000)
})

test('in figures a report names no field, and says how many differences cost a value', () => {
  expect(driftFigures(null)).toBeNull()
  const counter = driftCounter()
  const givenUp = { effect: 'dead-letter', policy: 'freeze' } as const
  for (const value of [1, 2, 3]) counter.note(value, { kind: 'unknown', path: ['x'], found: 'string' }, leftOut)
  counter.note(4, { kind: 'unknown', path: ['y'], found: 'null' }, givenUp)
  counter.note(4, { kind: 'changed', path: ['z'], found: 'object' }, givenUp)
  expect(driftFigures(counter.report())).toEqual({ unknown: 4, missing: 0, changed: 1, others: 0, deadLettered: 2 })
})
