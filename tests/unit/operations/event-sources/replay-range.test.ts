import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { replayPosition } from '../../../../src/cli/replay-position.ts'
import { lengthOf } from '../../../../src/event-source/range.ts'
import { positionList, replayRange } from '../../../../src/operations/event-sources/replay-range.ts'

const log = {
  start: new Map([
    [1, 0],
    [0, 50],
  ]),
  end: new Map([
    [1, 40],
    [0, 100],
  ]),
  sinceFrom: null,
  sinceTo: null,
}
const at = (text: string) => replayPosition(text, 0)
const range = (from: string, to: string | null = null, bounds: Partial<typeof log> | object = {}) =>
  replayRange('t', at(from), to === null ? null : at(to), { ...log, ...bounds }).map(({ partition, start, end }) => [
    partition,
    start,
    end,
  ])

describe('a range', () => {
  test.each<[what: string, from: string, to: string | null, expected: number[][]]>([
    [
      'begins where the log does and goes to its end',
      '0',
      null,
      [
        [0, 50, 100],
        [1, 0, 40],
      ],
    ],
    [
      'of one offset for all is cut to what each partition holds',
      '60',
      '90',
      [
        [0, 60, 90],
        [1, 40, 40],
      ],
    ],
    ['of a list leaves out what it does not name', 't-1:7', null, [[1, 7, 40]]],
    ['of two lists has what both name', 't-1:7,t-0:60', 't-0:61', [[0, 60, 61]]],
    ['can be empty', 't-0:60', 't-0:60', [[0, 60, 60]]],
  ])('%s', (_, from, to, expected) => {
    expect(range(from, to)).toEqual(expected)
  })

  test('of times is that of the first records that are not older', () => {
    const sinceFrom = new Map([
      [0, 70],
      [1, 40],
    ])
    const sinceTo = new Map([
      [0, 80],
      [1, 40],
    ])
    expect(range('2h', '1h', { sinceFrom, sinceTo })).toEqual([
      [0, 70, 80],
      [1, 40, 40],
    ])
    expect(range('2h', 't-0:75', { sinceFrom })).toEqual([[0, 70, 75]])
  })

  test.each<[from: string, to: string | null, sentence: string]>([
    ['101', null, '--from 101 is outside of t, whose partitions have 1: 0 to 40, 0: 50 to 100'],
    ['0', '101', '--to 101 is outside of t'],
    ['90', '60', '--to 60 is before --from 90'],
    ['1h', '2h', '--to 2h is before --from 1h'],
    ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00+01:00', '--to 2026-11-21T10:00:00+01:00 is before --from'],
    ['t-0:49', null, '--from t-0:49 is outside of the log, which has 50 to 100'],
    ['0', 't-0:101', '--to t-0:101 is outside of the log, which has 50 to 100'],
    ['t-2:0', null, '--from names partition 2, and t has 0 to 1'],
    ['u-0:60', null, '--from names topic "u", and the stage reads t'],
    ['t-0:60', 't-1:7', '--from and --to name no partition of t in common'],
    ['t-0:60', 't-0:59', '--to is before --from in t-0: 59 is before 60'],
  ])('from %s to %s is refused', (from, to, sentence) => {
    expect(() => range(from, to)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', message: expect.stringContaining(sentence) }),
    )
  })

  test('is within the log whatever one offset for all says, and a list of what is left gives it again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (from, to) => {
        fc.pre(from <= to)
        const found = replayRange('t', at(String(from)), at(String(to)), log)
        for (const { partition, start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(log.start.get(partition) ?? 0)
          expect(end).toBeLessThanOrEqual(log.end.get(partition) ?? 0)
        }
        const listOf = (side: 'start' | 'end') =>
          at(positionList('t', new Map(found.map((r) => [r.partition, r[side]]))))
        const again = replayRange('t', listOf('start'), listOf('end'), log)
        expect(again).toEqual(found)
        expect(lengthOf(again)).toBe(lengthOf(found))
      }),
    )
  })
})

describe('a position', () => {
  test.each([
    ['7', { kind: 'offset', offset: 7 }],
    ['30m', { kind: 'time', timestampMs: 3_600_000 - 1_800_000 }],
    ['1970-01-02', { kind: 'time', timestampMs: 86_400_000 }],
    ['1970-01-01T01:00+01:00', { kind: 'time', timestampMs: 0 }],
    ['1970-01-01T00:00:01.5Z', { kind: 'time', timestampMs: 1_500 }],
    [
      'a.b-c-0:7,a.b-c-12:0',
      {
        kind: 'offsets',
        offsets: [
          { topic: 'a.b-c', partition: 0, offset: 7 },
          { topic: 'a.b-c', partition: 12, offset: 0 },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    expect(replayPosition(text, 3_600_000)).toEqual({ text, ...expected })
  })

  test.each(['', '-1', '1.5', 'yesterday', '2026-11-21T09:00:00', '2026-13-01', 't-0:1,t-0:2', 't-0', 't-0:1,', '2w'])(
    '%j is refused with what is allowed',
    (text) => {
      expect(() => replayPosition(text, 0)).toThrow('Allowed is an offset (1200), a list of topic-partition:offset')
    },
  )
})
