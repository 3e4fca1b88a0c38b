import { expect, test } from 'vitest'
import { isComplete } from '../../../../src/runtime/proof/row-check.ts'

const cell = (time: number | null, isGiven = true) => ({ isGiven, time })

test.each([
  ['all cells are of the record', [cell(10), cell(10)], true],
  ['all cells are newer', [cell(11), cell(12)], true],
  ['a cell that the record does not give has no value', [cell(10), cell(null, false)], true],
  ['the record gives no cell, and there is none', [cell(null, false)], true],
  ['a later record may have emptied a cell', [cell(11), cell(null)], true],
  ['all cells are older', [cell(9), cell(9)], false],
  ['one cell is older', [cell(10), cell(9)], false],
  ['one cell is lost', [cell(10), cell(null)], false],
  ['all cells are lost', [cell(null), cell(null)], false],
] as const)('where %s, the row is complete: %3$s', (_, cells, expected) => {
  expect(isComplete(cells, 10)).toBe(expected)
})
