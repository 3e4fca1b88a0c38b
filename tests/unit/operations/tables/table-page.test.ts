import { describe, expect, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import type { Clients } from '../../../../src/operations/clients.ts'
import { type TablePageRequest, tablePage, tableViews } from '../../../../src/operations/tables/table-page.ts'

type Asked = { readonly query: string; readonly values: readonly unknown[]; readonly options: object }

/** Asks for a page of a Cassandra that has these rows, and a page after where `pageState` is given. */
async function page(request: Partial<TablePageRequest>, rows: object[] = [], pageState: string | null = null) {
  const asked: Asked[] = []
  const cassandra = {
    async execute(query: string, values: unknown[], options: object) {
      asked.push({ query, values, options })
      return { rows: rows.map((row) => ({ ...row, keys: () => Object.keys(row) })), pageState }
    },
  }
  const whole = { table: 'created_users', key: null, limit: 10, page: null, isRevealed: false, ...request }
  const found = await tablePage(whole, pipelines, { cassandra } as unknown as Clients)
  return { found, asked: asked[0] as Asked }
}

describe('a view of a table', () => {
  const columns = (table: string) =>
    tableViews(pipelines)
      .find(({ name }) => name === table)
      ?.columns.filter(({ isPersonal }) => isPersonal)
      .map(({ name }) => name)

  test('knows which columns are personal: those with the name of a tagged field', () => {
    expect(columns('created_users')).toContain('email')
    expect(columns('created_users')).not.toContain('id')
    expect(columns('events_by_user')).toEqual(['user_id', 'session_id'])
    expect(columns('runs')).toEqual([])
  })

  test('of the results of a job belongs to its pipeline, and its personal columns are known', () => {
    const sessions = tableViews(pipelines).find(({ name }) => name === 'shop_sessions')
    expect(sessions).toMatchObject({ pipeline: 'clickstream' })
    expect(columns('shop_sessions')).toEqual(['user_id'])
  })

  test('of the ledger belongs to no pipeline, and comes last', () => {
    const views = tableViews(pipelines)
    const first = views.findIndex(({ pipeline }) => pipeline === null)
    expect(views.slice(first).every(({ pipeline }) => pipeline === null)).toBe(true)
    expect(views[0]).toMatchObject({ name: 'created_users', pipeline: 'users', partitionKey: ['id'] })
  })
})

describe('a page', () => {
  const row = { id: 'u1', email: 'somebody@example.org', phone: null }

  test('is masked, but for what is not there, unless it is revealed', async () => {
    expect((await page({}, [row])).found.rows).toEqual([{ id: 'u1', email: '•••••', phone: null }])
    expect((await page({ isRevealed: true }, [row])).found.rows).toEqual([row])
  })

  test('says where the next begins, and begins there', async () => {
    expect((await page({}, [], 'beef')).found.next).toBe('beef')
    const { asked } = await page({ page: 'beef', limit: 7 })
    expect(asked.options).toEqual({ fetchSize: 7, pageState: 'beef' })
  })

  test('of a partition is asked for by values of the types of its key', async () => {
    const id = '0f6e1c2a-9a3b-4c1d-8e2f-1234567890ab'
    const { asked } = await page({ key: [id] })
    expect(asked.query).toMatch(/WHERE id = \?$/)
    expect(asked.values).toEqual([id])
    expect((await page({ table: 'events_by_user', key: ['u', '2026-03-01'] })).asked.values).toEqual([
      'u',
      '2026-03-01',
    ])
  })

  test.each([
    ['a table that is none', { table: 'none' }, 'none'],
    ['a key of too many columns', { key: ['a', 'b'] }, '2 values are given'],
    ['a key of another type', { key: ['no uuid'] }, 'column id is of type uuid'],
  ])('is refused for %s', async (_, request, words) => {
    await expect(page(request)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining(words),
    })
  })
})
