import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { retryAfterMs } from '../../../../src/runtime/source/attempts.ts'
import { type SourceClientOptions, sourceClient } from '../../../../src/runtime/source/client.ts'
import { sourceLimits } from '../../../../src/runtime/source/limits.ts'
import { type Answer, startHttpServer } from '../../../fixtures/http-server.ts'
import { orders } from '../../../fixtures/orders.ts'

const server = await startHttpServer()
afterAll(() => server.close())
beforeEach(() => {
  server.requests.length = 0
})

const good: Answer = { body: JSON.stringify({ items: [{ id: 'a' }], next: null }) }
const date = (seconds: number) => new Date(Date.UTC(2026, 2, 1) + seconds * 1_000).toUTCString()

/** A clock whose waits are noted and take no time; chance is always a half. */
function fakeClock() {
  const waits: number[] = []
  let time = 0
  const wait = async (ms: number) => {
    waits.push(ms)
    time += ms
  }
  return { waits, clock: { now: () => time, wait, random: () => 0.5 } }
}

/** Reads a page of a source that gives these answers in turn, the last one on and on. */
async function read(answers: Answer[], endsAt = 600_000, options: SourceClientOptions = {}, pipeline = orders) {
  const { waits, clock } = fakeClock()
  server.answer = () => answers[Math.min(server.requests.length, answers.length) - 1] ?? good
  const fetchPage = sourceClient(pipeline, { standIn: server.url, clock, ...options })(endsAt)
  const request = { cursor: null, limit: 5, seed: null }
  const outcome = await fetchPage(request).then(
    ({ values }) => values.length,
    ({ code, message }) => [code, message],
  )
  return { outcome, waits, requests: server.requests.length, fetchPage, request }
}

test('500, then 200: the page is read after a random wait below the first bound', async () => {
  expect(await read([{ status: 500 }, good])).toMatchObject({ outcome: 1, requests: 2, waits: [250] })
})

test('the bound of the wait doubles up to the most, and attempts end', async () => {
  const limits = { ...sourceLimits, attempts: 5, backoffMs: 1_000, backoffMostMs: 3_000 }
  const { outcome, waits, requests } = await read([{ status: 503 }], 600_000, { limits })
  expect([waits, requests]).toEqual([[500, 1_000, 1_500, 1_500], 5])
  expect(outcome).toEqual(['SOURCE_UNAVAILABLE', `the source ${server.url} answered with status 503`])
})

test.each([
  ['seconds', { 'retry-after': '7' }, 7_000],
  ["a date, by the source's own clock", { 'retry-after': date(90), date: date(60) }, 30_000],
  ['a date in the past', { 'retry-after': date(30), date: date(60) }, 0],
  ['nonsense, which counts as none', { 'retry-after': 'soon' }, 250],
])('429 with Retry-After as %s is obeyed', async (_, headers, waitMs) => {
  const { outcome, waits } = await read([{ status: 429, headers }, good])
  expect([outcome, waits]).toEqual([1, [waitMs]])
})

test('a date counts from the clock here only where the answer has none, and a clock set back makes no wait below 0', () => {
  expect(retryAfterMs(new Date(Date.now() - 3_600_000).toUTCString(), undefined)).toBe(0)
  const wait = retryAfterMs(new Date(Date.now() + 3_600_000).toUTCString(), undefined) ?? 0
  expect(wait).toBeGreaterThan(3_500_000)
  expect(wait).toBeLessThanOrEqual(3_600_000)
})

describe('the end of the time that a run has', () => {
  test('a source that asks to wait beyond it fails the run at once', async () => {
    const answer = { status: 429, headers: { 'retry-after': '60' } }
    expect(await read([answer, good], 60_000)).toMatchObject({ requests: 1, waits: [] })
  })

  test('no request begins after it', async () => {
    const { outcome, requests } = await read([good], 0)
    expect([outcome, requests]).toEqual([['SOURCE_UNAVAILABLE', 'the run has no time left to read its source'], 0])
  })

  test('a request is cut off at it', async () => {
    // One of its own: the request can arrive after the test has ended.
    const silent = await startHttpServer()
    silent.answer = () => ({ hang: true })
    const { outcome } = await read([], 40, { standIn: silent.url })
    expect(outcome).toEqual(['SOURCE_UNAVAILABLE', `the source ${silent.url} did not answer within 40 ms`])
    await silent.close()
  })
})

test.each([400, 404, 410, 501])('status %i is asked for once', async (status) => {
  expect(await read([{ status }, good])).toMatchObject({ requests: 1, waits: [] })
})

test('an answer of the wrong form is asked for once', async () => {
  expect(await read([{ body: '{"items": [' }, good])).toMatchObject({ requests: 1, waits: [] })
})

test('requests keep the pace of the pipeline, attempts too', async () => {
  const slow = { ...orders, source: { ...orders.source, requestsPerSecond: 2 } }
  const { waits, fetchPage, request } = await read([{ status: 500 }, good], 600_000, {}, slow)
  expect(waits).toEqual([250, 250])
  await fetchPage(request)
  expect(waits).toEqual([250, 250, 500])
})

describe('secrets of the source', () => {
  const keyed = { ...orders, source: { ...orders.source, headers: { authorization: { secret: 'sluice/key' } } } }
  const sent = () => server.requests.map(({ headers }) => headers.authorization)
  /** Texts that the secret has in turn. */
  const texts = (...given: (string | Error)[]) => {
    const names: string[] = []
    const readSecret = async (name: string) => {
      names.push(name)
      const text = given[Math.min(names.length, given.length) - 1] ?? ''
      if (text instanceof Error) throw text
      return text
    }
    return { names, readSecret }
  }
  const error = (name: string) => Object.assign(new Error('canary'), { name })

  test('are sent as they are kept, without a last line end, and read once', async () => {
    const { names, readSecret } = texts('Bearer canary\n')
    const { fetchPage, request } = await read([good], 600_000, { readSecret }, keyed)
    await fetchPage(request)
    expect([sent(), names]).toEqual([['Bearer canary', 'Bearer canary'], ['sluice/key']])
  })

  test('are read anew when their time is over', async () => {
    const { names, readSecret } = texts('first', 'second')
    const limits = { ...sourceLimits, secretMs: 1_000 }
    const answer = { status: 429, headers: { 'retry-after': '1' } }
    await read([answer, good], 600_000, { readSecret, limits }, keyed)
    expect([sent(), names.length]).toEqual([['first', 'second'], 2])
  })

  test.each([401, 403])('are read anew once after status %i', async (status) => {
    const { readSecret } = texts('old', 'new')
    expect(await read([{ status }, good], 600_000, { readSecret }, keyed)).toMatchObject({ outcome: 1, waits: [] })
    expect(sent()).toEqual(['old', 'new'])
    server.requests.length = 0
    const { outcome } = await read([{ status }], 600_000, { readSecret: texts('canary').readSecret }, keyed)
    expect(outcome).toEqual(['SOURCE_REFUSED', `the source ${server.url} answered with status ${status}`])
    expect(sent()).toHaveLength(2)
  })

  test('are read anew within the time of the one request', async () => {
    let time = 0
    server.answer = () => {
      time += 60
      return server.requests.length === 1 ? { status: 401 } : { hang: true }
    }
    const clock = { now: () => time, wait: async () => {}, random: () => 0 }
    const limits = { ...sourceLimits, attempts: 1, requestMs: 100 }
    const { readSecret } = texts('old', 'new')
    const fetchPage = sourceClient(keyed, { standIn: server.url, clock, limits, readSecret })(600_000)
    await expect(fetchPage({ cursor: null, limit: 5, seed: null })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: `the source ${server.url} did not answer within 40 ms`,
    })
    expect(sent()).toEqual(['old', 'new'])
  })

  test('that cannot be read in time end the run', async () => {
    const readSecret = () => new Promise<string>(() => {})
    const limits = { ...sourceLimits, attempts: 1, secretReadMs: 20 }
    const { outcome } = await read([good], 600_000, { readSecret, limits }, keyed)
    expect(outcome).toEqual(['SOURCE_UNAVAILABLE', 'secret "sluice/key" of the source could not be read: TimeoutError'])
  })

  test.each<[string, string | Error, string, string]>([
    ['missing', error('ResourceNotFoundException'), 'SOURCE_REFUSED', 'could not be read: ResourceNotFoundException'],
    ['not granted', error('AccessDeniedException'), 'SOURCE_REFUSED', 'could not be read: AccessDeniedException'],
    ['out of reach', error('TimeoutError'), 'SOURCE_UNAVAILABLE', 'could not be read: TimeoutError'],
    ['empty', ' \n', 'SOURCE_REFUSED', 'is empty'],
    ['of two lines', 'canary\r\nx-b: 1', 'SOURCE_REFUSED', 'holds characters that a header cannot have'],
  ])('that are %s end the run with a sentence that names them and quotes nothing', async (_, text, code, what) => {
    const { outcome } = await read([good], 600_000, { readSecret: texts(text).readSecret }, keyed)
    expect(outcome).toEqual([code, `secret "sluice/key" of the source ${what}`])
    expect(server.requests).toEqual([])
  })
})
