import { describe, expect, test, vi } from 'vitest'
import { count, duration, quantity, rate } from '../../../src/console/pages/format.ts'
import { findTargets, runIdIn } from '../../../src/console/pages/shell/targets.ts'
import { lineDiff } from '../../../src/console/pages/topics/line-diff.ts'
import { formatOffsets, parseOffsets } from '../../../src/console/server/offsets-text.ts'
import { shared } from '../../../src/console/server/shared.ts'

describe('search', () => {
  const names = {
    pipelines: ['users'],
    topics: ['users_created', 'users_created.dlt'],
    tables: ['created_users', 'runs'],
    ledgerTables: ['runs'],
    subjects: ['users_created-value'],
    eventSources: ['sluice-users-write'],
    jobs: ['signups_by_country'],
  }
  const found = (text: string) => findTargets(text, names).map(({ to }) => to)

  test('finds names by any of their words, and by their kind', () => {
    expect(found('created')).toEqual([
      '/topics/users_created',
      '/topics/users_created.dlt',
      '/tables/created_users',
      '/subjects/users_created-value',
    ])
    expect(found('event wri')).toEqual(['/event-sources/sluice-users-write'])
    expect(found('job country')).toEqual(['/jobs/signups_by_country'])
    expect(found('nothing')).toEqual([])
  })

  test('finds a record by its position, and what has an id', () => {
    expect(found('users_created/3/17')[0]).toBe('/topics/users_created?from=offset&at=17&partition=3&open=3:17')
    expect(found('other/3/17')).toEqual([])
    const id = '0f6e1c2a-9a3b-4c1d-8e2f-1234567890ab'
    expect(found(id)).toEqual([
      `/trace?id=${id}`,
      `/tables/created_users?key=${encodeURIComponent(JSON.stringify([id]))}`,
      `/topics/users_created?key=${id}`,
    ])
  })
})

describe('search for a run', () => {
  const none = { topics: [], tables: [], ledgerTables: [], subjects: [], eventSources: [], jobs: [] }
  const names = { pipelines: ['users', 'iot'], ...none }
  const id = '20260301T100000Z-schedule'

  test('finds those of that id, which the server knows, and no record', () => {
    expect(runIdIn(` ${id} `)).toBe(id)
    const found = findTargets(id, names, [{ pipeline: 'iot', state: 'failed' }])
    expect(found).toEqual([{ kind: 'run, failed', name: `${id} of iot`, to: `/runs/iot/${id}` }])
  })

  test('is none for other texts', () => {
    expect(runIdIn('20260301')).toBeNull()
    expect(findTargets('iot-sensor-7', names).map(({ to }) => to)).toEqual(['/trace?id=iot-sensor-7'])
  })
})

describe('the difference of two texts', () => {
  const text = (before: string, after: string) => lineDiff(before, after).map(({ kind, text }) => `${kind[0]} ${text}`)

  test('keeps what both have', () => {
    expect(text('a\nb\nc', 'a\nx\nc')).toEqual(['s a', 'r b', 'a x', 's c'])
    expect(text('a\nb', 'a\nb')).toEqual(['s a', 's b'])
    expect(text('a', 'b\na')).toEqual(['a b', 's a'])
    expect(text('a\nb', 'b')).toEqual(['r a', 's b'])
  })
})

describe('offsets as text', () => {
  test('come back as they went', () => {
    const offsets = new Map([
      [0, 12],
      [5, 0],
    ])
    expect(formatOffsets(offsets)).toBe('0:12,5:0')
    expect(parseOffsets('0:12,5:0')).toEqual(offsets)
  })

  test.each(['', '1', '1:', '-1:2', '0:1;1:2', '0:1e3'])('“%s” are none', (text) => {
    expect(() => parseOffsets(text)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }))
  })
})

describe('an answer that is shared', () => {
  test('is asked for once by all who come meanwhile, and again later', async () => {
    vi.useFakeTimers()
    let asked = 0
    const ask = shared(100, async () => {
      asked += 1
      return asked
    })
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
    expect(await ask()).toBe(1)
    vi.advanceTimersByTime(101)
    expect(await ask()).toBe(2)
    vi.useRealTimers()
  })

  test('that failed is asked for anew', async () => {
    let asked = 0
    const ask = shared(1_000, async () => {
      asked += 1
      if (asked === 1) throw new Error('away')
      return asked
    })
    await expect(ask()).rejects.toThrow('away')
    expect(await ask()).toBe(2)
  })
})

test('figures are short', () => {
  expect([0, 0.04, 3.21, 1_234.5, null].map(rate)).toEqual(['0', '0.0', '3.2', '1,235', '–'])
  expect([12, 1_500, 42_000, 600_000, 7_200_000, 604_800_000].map(duration)).toEqual([
    '12 ms',
    '1.5 s',
    '42 s',
    '10 min',
    '2 h',
    '7 days',
  ])
  expect(count(12_051)).toBe('12,051')
  expect([0.1 + 0.2, 12_051.25, 1 / 3, -2.5e-4].map(quantity)).toEqual(['0.3', '12,051.3', '0.333333', '-0.00025'])
})
