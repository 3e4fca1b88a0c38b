import { expect, onTestFinished, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import { people } from '../../../../src/local/source/people.ts'
import { startSourceServer } from '../../../../src/local/source/server.ts'
import { sourceClient } from '../../../../src/runtime/source/client.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function source() {
  const { port, close } = await startSourceServer({ port: 0, host: '127.0.0.1', logs: temporaryFolder() })
  onTestFinished(close)
  const url = `http://127.0.0.1:${port}`
  const get = async (target: string, method = 'GET') => {
    const response = await fetch(url + target, { method })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { url, get }
}

test('users are answered in the shape of the original, errors with status 200 included', async () => {
  const { get } = await source()
  const { status, body } = await get('/users?results=3&page=2&seed=a')
  expect(status).toBe(200)
  expect(body).toEqual({
    results: people({ seed: 'a', results: 3, page: 2, nat: [] }),
    info: { seed: 'a', results: 3, page: 2, version: '1.4' },
  })
  expect((await get('/users')).body).toMatchObject({
    info: { results: 1, page: 1, seed: expect.stringMatching(/^\w{16}$/) },
  })
  const irish = (await get('/users?results=20&seed=a&nat=ie,ir')).body as { results: { nat: string }[] }
  expect(new Set(irish.results.map(({ nat }) => nat))).toEqual(new Set(['IE', 'IR']))
  for (const query of ['?results=5001', '?results=0', '?results=x', '?page=0', '?nat=XX']) {
    expect(await get(`/users${query}`)).toMatchObject({ status: 200, body: { error: expect.any(String) } })
  }
})

test('there is a source for every pipeline, whose client reads pages from it', async () => {
  const { url, get } = await source()
  expect((await get('/')).body).toEqual({ sources: expect.arrayContaining(pipelines.map(({ name }) => `/${name}`)) })
  for (const pipeline of pipelines) {
    const fetchPage = sourceClient(pipeline, { standIn: `${url}/${pipeline.name}` })(Number.POSITIVE_INFINITY)
    const page = await fetchPage({ cursor: null, limit: 30, seed: 'a' })
    expect(page.values, pipeline.name).toHaveLength(pipeline.name === 'logs' ? 0 : 30)
    const next = await fetchPage({ cursor: page.cursor, limit: 5, seed: 'a' })
    for (const value of next.values) expect(page.values, pipeline.name).not.toContainEqual(value)
  }
})

test.each([
  ['/clickstream?limit=0', 'The parameter limit is a whole number from 1 to 1000.'],
  ['/clickstream?limit=1001', 'The parameter limit is a whole number from 1 to 1000.'],
  ['/clickstream?after=-1', 'The parameter after is a whole number from 0 to 1000000000.'],
  ['/clickstream?page=2', 'There is no parameter "page": there are after, limit, seed.'],
  ['/iot?seed=', 'The parameter seed is a text of 1 to 100 characters.'],
  ['/iot?after=x', 'The parameter after is the "next" of a page.'],
  ['/logs?after=x', 'The parameter after is the "next" of a page.'],
  ['/logs?seed=a', 'There is no parameter "seed": there are after, limit.'],
])('%s is refused with a sentence', async (target, error) => {
  const { get } = await source()
  expect(await get(target)).toEqual({ status: 400, body: { error } })
})

test('nothing else is served', async () => {
  const { get } = await source()
  expect(await get('/api/')).toEqual({ status: 404, body: { error: expect.stringContaining('/users, /logs') } })
  expect(await get('/users', 'POST')).toMatchObject({ status: 405 })
})
