import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Pipeline } from '../../../../src/core/pipeline.ts'
import { sourceClient } from '../../../../src/runtime/source/client.ts'
import { sourceLimits } from '../../../../src/runtime/source/limits.ts'
import { type Answer, startHttpServer } from '../../../fixtures/http-server.ts'
import { orders } from '../../../fixtures/orders.ts'

const server = await startHttpServer()
afterAll(() => server.close())
beforeEach(() => {
  server.requests.length = 0
})

const request = { cursor: null, limit: 5, seed: null }
const page = JSON.stringify({ items: [{ id: 'a' }], next: 2 })
const limits = { ...sourceLimits, attempts: 1 }
const reader = (standIn: string, pipeline = orders, own = limits) =>
  sourceClient(pipeline, { standIn, limits: own })(Number.POSITIVE_INFINITY)
const read = (answer: Answer, url = server.url) => {
  server.answer = () => answer
  return reader(url)(request)
}

test('a page is read with its values and the next cursor', async () => {
  expect(await read({ body: page })).toEqual({ values: [{ id: 'a' }], cursor: { page: 2 } })
})

test("the request has the pipeline's query and headers, beside the query of the URL itself", async () => {
  await read({ body: page }, `${server.url}v1/?key=k&page=9`)
  expect(server.requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/v1/?key=k&page=1&limit=5']])
  expect(server.requests[0]?.headers).toMatchObject({ 'x-client': 'sluice', accept: 'application/json' })
})

test('without any URL the function fails at its start, naming variable and pipeline', () => {
  const nowhere: Pipeline = { ...orders, source: { ...orders.source, url: null, bundled: '/orders' } }
  expect(() => sourceClient(nowhere)).toThrow(
    expect.objectContaining({
      code: 'ENVIRONMENT_INVALID',
      message: expect.stringMatching(/SOURCE_URL is not set, and pipeline "orders"/),
    }),
  )
})

describe('what the source can do wrong', () => {
  test.each([500, 502, 503, 429, 408])('status %i may pass', async (status) => {
    await expect(read({ status, body: 'secret' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retryable: true,
      message: `the source ${server.url} answered with status ${status}`,
    })
  })

  test.each([400, 401, 404, 501])('status %i will not pass', async (status) => {
    await expect(read({ status, body: page })).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      retryable: false,
      message: `the source ${server.url} answered with status ${status}`,
    })
  })

  test.each([
    ['no JSON', '{"items": [', 11],
    ['a page of HTML', '<!doctype html>', 15],
    ['nothing', '', 0],
  ])('%s in an answer of 200 is refused without quoting it', async (_, body, characters) => {
    await expect(read({ body })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: `the source ${server.url} answered ${characters} characters that are not JSON`,
    })
  })

  test.each([
    ['another object', { error: 'Uh oh' }, 'items'],
    ['a field of another type', { items: {}, next: null }, 'items'],
    ['a list', [], 'items'],
    ['null', null, '(body)'],
  ])('%s does not fit, and the field is named', async (_, body, field) => {
    await expect(read({ body: JSON.stringify(body) })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: `the answer of ${server.url} does not fit at "${field}"`,
    })
  })

  test('an answer in which the pipeline finds no page is a passing failure', async () => {
    server.answer = () => ({ body: page })
    const busy: Pipeline = { ...orders, source: { ...orders.source, read: () => null } }
    await expect(reader(server.url, busy)(request)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retryable: true,
      message: `the source ${server.url} answered that it cannot serve now`,
    })
  })

  test('nobody listening is SOURCE_UNAVAILABLE, with the code of the system', async () => {
    const gone = await startHttpServer()
    await gone.close()
    await expect(read({}, gone.url)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retryable: true,
      message: `the source ${gone.url} could not be reached, or broke off its answer (ECONNREFUSED)`,
    })
  })

  test('a connection that breaks in the middle of the answer is SOURCE_UNAVAILABLE', async () => {
    const breaking = await startHttpServer()
    breaking.answer = () => {
      setImmediate(() => breaking.close())
      return { body: '{"items":', hang: true }
    }
    await expect(reader(breaking.url)(request)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('a source that never answers is SOURCE_UNAVAILABLE', async () => {
    server.answer = () => ({ hang: true })
    await expect(reader(server.url, orders, { ...limits, requestMs: 50 })(request)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: `the source ${server.url} did not answer within 50 ms`,
    })
  })

  test('no error quotes the query, which may hold a key', async () => {
    await expect(read({ status: 403 }, `${server.url}?key=secret`)).rejects.toThrow(/^(?!.*secret).*$/)
  })
})
