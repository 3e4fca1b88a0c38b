import { expect, test } from 'vitest'
import { isLast, pageGuard } from '../../../../src/runtime/source/page-guard.ts'

const request = (cursor: Record<string, string | number> | null) => ({ cursor, limit: 1, seed: null })

test('pages become too many for one run', () => {
  const guard = pageGuard('https://a.example/', 3)
  const step = (from: number) => guard(request({ secret: from }), { values: [1], cursor: { secret: from + 1 } })
  step(100)
  step(101)
  expect(() => step(102)).toThrow(
    expect.objectContaining({
      code: 'SOURCE_INVALID',
      message:
        'the source https://a.example/ has more than 3 pages for one run: ask for larger ones, or lower recordsPerRun (cursor: secret)',
    }),
  )
})

test.each([
  ['has no cursor', { values: [1], cursor: null }],
  ['says so', { values: [1], cursor: { a: 1 }, last: true as const }],
  ['is empty', { values: [], cursor: { a: 1 } }],
])('a page that %s is the last, and may name any cursor', (_, page) => {
  expect(isLast(page)).toBe(true)
  expect(() => pageGuard('x', 9)(request({ a: 1 }), page)).not.toThrow()
})
