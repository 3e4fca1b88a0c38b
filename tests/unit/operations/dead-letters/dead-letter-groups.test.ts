import { expect, test } from 'vitest'
import type { DeadLetter } from '../../../../src/operations/dead-letters/dead-letter.ts'
import { deadLetterGroups } from '../../../../src/operations/dead-letters/dead-letter-groups.ts'

function letter(offset: number, changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    position: { topic: 't.dlt', partition: 0, offset },
    origin: { topic: 't', partition: 0, offset },
    code: 'RECORD_INVALID',
    reason: 'field "a" does not fit',
    stage: 'write',
    timestamp: offset * 10,
    bytes: 1,
    wholeBytes: 100,
    redrives: 0,
    state: 'waiting',
    sentTo: null,
    ...changes,
  }
}

test('dead letters are grouped by code, stage and reason, those with the most waiting first', () => {
  const groups = deadLetterGroups([
    letter(1, { state: 'redriven' }),
    letter(2, { code: 'SCHEMA_UNKNOWN' }),
    letter(3),
    letter(4),
    letter(5, { stage: 'process', state: 'parked' }),
    letter(6, { state: 'redriven' }),
  ])
  expect(groups.map(({ code, stage, count, states }) => [code, stage, count, states.waiting])).toEqual([
    ['RECORD_INVALID', 'write', 4, 2],
    ['SCHEMA_UNKNOWN', 'write', 1, 1],
    ['RECORD_INVALID', 'process', 1, 0],
  ])
  expect(groups[0]).toMatchObject({ first: 10, last: 60, states: { waiting: 2, redriven: 2, parked: 0, repeated: 0 } })
  expect(groups[0]?.example.position.offset).toBe(4)
})

test('without dead letters there is no group', () => {
  expect(deadLetterGroups([])).toEqual([])
})
