import { describe, expect, test } from 'vitest'
import { type Found, type Sent, withStates } from '../../../../src/operations/dead-letters/dead-letter-states.ts'
import { describeDeadLetter } from '../../../../src/operations/dead-letters/dead-letters.ts'

/** A dead letter at an offset that gives up the record at `origin`, made from a first one. */
function found(offset: number, origin: number | null, first = `${origin}`): Found {
  const record = { topic: 't.dlt', partition: 0, offset, timestamp: 0, key: null, value: null }
  const headers = origin === null ? {} : { 'sluice-dead-letter-origin': `t/0/${origin}` }
  return { letter: describeDeadLetter({ ...record, headers }), record: origin === null ? null : first }
}
const sentAs = (offset: number): Sent => ({ state: 'redriven', sentTo: { topic: 't', partition: 0, offset } })
const states = (letters: readonly Found[], sent: ReadonlyMap<string, Sent> = new Map()) =>
  withStates(letters, sent).map(({ state }) => state)

describe('dead letters', () => {
  test('of different records each wait, those of the ingest too', () => {
    expect(states([found(0, 5), found(1, 6), found(2, null), found(3, null)])).toEqual(Array(4).fill('waiting'))
  })

  test('of one record that was given up several times wait once, the latest for all', () => {
    expect(states([found(0, 5), found(1, 6), found(2, 5), found(3, 5)])).toEqual([
      'repeated',
      'waiting',
      'repeated',
      'waiting',
    ])
  })

  test('of what was made twice from one record wait once', () => {
    expect(states([found(0, 5, 'a'), found(1, 9, 'a')])).toEqual(['repeated', 'waiting'])
  })

  test('of the very record that was sent back are sent, whichever of them it was', () => {
    const letters = withStates([found(0, 5), found(1, 5)], new Map([['t.dlt/0/0', sentAs(8)]]))
    expect(letters).toMatchObject([sentAs(8), sentAs(8)])
  })

  test('of a redriven copy wait beside the one that was sent', () => {
    expect(states([found(0, 5, 'a'), found(1, 8, 'a')], new Map([['t.dlt/0/0', sentAs(8)]]))).toEqual([
      'redriven',
      'waiting',
    ])
  })
})
