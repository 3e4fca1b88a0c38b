import type { Client } from 'cassandra-driver'
import { expect, test, vi } from 'vitest'
import { allRows, type ControlConnection, refreshOneAtATime } from '../../../src/connect/cassandra.ts'

function control(refresh: () => Promise<void>): ControlConnection & { readonly calls: () => number } {
  let calls = 0
  const made = {
    _isShuttingDown: false,
    calls: () => calls,
    _refresh: () => {
      calls += 1
      return refresh()
    },
  }
  refreshOneAtATime(made, 1)
  return made
}

test('refreshes that are asked for at once are one', async () => {
  const gate = Promise.withResolvers<void>()
  const made = control(() => gate.promise)
  const both = Promise.all([made._refresh(), made._refresh()])
  gate.resolve()
  await both
  expect(made.calls()).toBe(1)
  await made._refresh()
  expect(made.calls()).toBe(2)
})

test('a refresh that fails rejects nowhere and is done again, until the client shuts down', async () => {
  const made = control(async () => {
    throw new TypeError('no connection')
  })
  await made._refresh()
  await vi.waitFor(() => expect(made.calls()).toBeGreaterThan(2))
  made._isShuttingDown = true
  await made._refresh()
})

test('all rows come, whatever pages are empty, and each page once', async () => {
  const pages: Record<string, { rows: object[]; pageState: string | null }> = {
    first: { rows: [], pageState: 'b' },
    b: { rows: [{ id: 1 }, { id: 2 }], pageState: 'c' },
    c: { rows: [], pageState: 'd' },
    d: { rows: [{ id: 3 }], pageState: null },
  }
  const execute = vi.fn(
    async (_: string, __: unknown[], { pageState }: { pageState?: string }) => pages[pageState ?? 'first'],
  )
  const rows = await allRows({ execute } as unknown as Client, 'x', ['k'])
  expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  expect(execute.mock.calls).toHaveLength(4)
  for (const [query, values] of execute.mock.calls) expect([query, values]).toEqual(['x', ['k']])
})
