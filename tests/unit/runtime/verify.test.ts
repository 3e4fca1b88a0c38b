import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import type { ReadingConnections } from '../../../src/runtime/connections.ts'
import { openRuns } from '../../../src/runtime/proof/verify-runs.ts'
import { verifyHandler } from '../../../src/runtime/verify.ts'
import { orders } from '../../fixtures/orders.ts'
import './fakes.ts'

const run = (run_id: string, state: string, attempts = 1) => ({ run_id, state, attempts })
const verdict = (run_id: string, state: string, attempts = 1) => ({ run_id, state, attempts })

type LedgerRow = { readonly run_id: string }

/** A ledger that holds these for whichever pipeline, all attempts of the runs open; keeps what it was asked. */
function ledger(runs: readonly LedgerRow[], verdicts: readonly LedgerRow[], open: readonly LedgerRow[] = runs) {
  const asked: string[] = []
  const tables: Readonly<Record<string, readonly LedgerRow[]>> = { runs, verdicts, open_runs: open }
  const cassandra = {
    async execute(query: string, [pipeline, id]: unknown[]) {
      const table = /FROM sluice\.(\w+)/.exec(query)?.[1] ?? ''
      asked.push(`${pipeline} ${table}`)
      const rows = (tables[table] ?? []).filter(({ run_id }) => id === undefined || run_id === id)
      return { rows, first: () => rows[0] ?? null, isPaged: () => false, pageState: null }
    },
  }
  return { cassandra: cassandra as unknown as Client, asked }
}

test('open are runs without a verdict on their latest attempt, oldest first, and after them those that are late', async () => {
  const { cassandra } = ledger(
    [
      run('9', 'running'),
      run('8', 'succeeded'),
      run('7', 'failed'),
      run('6', 'skipped'),
      run('5', 'succeeded'),
      run('4', 'succeeded', 2),
      run('3', 'succeeded'),
      run('2', 'succeeded'),
    ],
    [verdict('5', 'succeeded'), verdict('4', 'failed', 1), verdict('3', 'late'), verdict('2', 'failed')],
  )
  expect((await openRuns(orders, cassandra)).map(({ id }) => id)).toEqual(['4', '8', '9', '3'])
})

test('a run that is open in two attempts is one, and one that was never saved is none', async () => {
  const open = [run('9', ''), run('8', ''), run('8', ''), run('7', '')]
  const { cassandra } = ledger([run('9', 'running'), run('8', 'succeeded', 2)], [], open)
  expect((await openRuns(orders, cassandra)).map(({ id }) => id)).toEqual(['8', '9'])
})

const time = { getRemainingTimeInMillis: () => 300_000 }
const connectionsTo = (cassandra: Client) => ({ cassandra: async () => cassandra }) as unknown as ReadingConnections

test('the judge looks at the pipelines that are deployed only, and reads no topic where no run is open', async () => {
  const { cassandra, asked } = ledger([run('5', 'succeeded')], [verdict('5', 'succeeded')])
  const other = { ...orders, name: 'other' }
  const handle = verifyHandler([orders, other], connectionsTo(cassandra))
  expect(await handle({ pipelines: ['orders', 'gone'] }, time)).toEqual({ runs: 0 })
  expect(asked.sort()).toEqual(['orders open_runs', 'orders runs', 'orders verdicts'])
})

test('an event that names no pipelines is refused before anything is asked', async () => {
  const { cassandra, asked } = ledger([], [])
  const handle = verifyHandler([orders], connectionsTo(cassandra))
  await expect(handle({} as never, time)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
  expect(asked).toEqual([])
})
