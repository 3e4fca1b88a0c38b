import { describe, expect, onTestFinished, test } from 'vitest'
import { answered, consoleClient, RequestFailed } from '../../../src/console/client.ts'
import { consoleApp } from '../../../src/console/server/app.ts'
import type { PageFiles } from '../../../src/console/server/pages.ts'
import { latestActions } from '../../../src/operations/audit.ts'
import type { FlowPicture } from '../../../src/operations/flow/flow.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { fakeContext, fakeFlow } from './fake-context.ts'

const host = '127.0.0.1:8091'
const pages: PageFiles = new Map(
  [
    ['/index.html', 'text/html; charset=utf-8'],
    ['/assets/index-1.js', 'text/javascript; charset=utf-8'],
  ].map(([path = '', type = '']) => [path, { type, bytes: Buffer.from(path), zipped: null }]),
)

/** An app, and a way to ask it as a browser on its own page does. */
function started() {
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const flow = fakeFlow()
  const folder = temporaryFolder()
  const app = consoleApp(
    fakeContext(folder, flow, ending.signal),
    () => 8091,
    async () => pages,
  )
  const ask = (path: string, { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
    app.request(`http://${host}${path}`, { ...init, headers: { host, ...headers } })
  const client = consoleClient(`http://${host}`, (async (input: string | URL | Request, init?: RequestInit) => {
    const headers = new Headers(init?.headers)
    headers.set('host', host)
    return app.request(String(input), { ...init, headers })
  }) as typeof fetch)
  return { flow, ask, client, ending, folder }
}

describe('who may ask', () => {
  test.each([
    ['another name for this machine, as after DNS rebinding', { host: 'evil.example:8091' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no host', { host: '' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a page of another site without an origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
  ])('not %s', async (_, headers) => {
    const answer = await started().ask('/api/session', { headers })
    expect(answer.status).toBe(403)
    expect(await answer.text()).not.toContain('token"')
  })

  test.each([
    ['its own page', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }],
    ['somebody who followed a link to it', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a script on this machine', {}],
  ])('but %s', async (_, headers) => {
    expect((await started().ask('/api/session', { headers })).status).toBe(200)
  })
})

describe('a change', () => {
  const change = (token?: string) => ({
    method: 'POST',
    body: '{"isWanted":false}',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-sluice-token': token }) },
  })

  test.each([
    ['without a token', undefined],
    ['with another token', 'x'.repeat(32)],
    ['with an empty one', ''],
  ])('is refused %s', async (_, token) => {
    const answer = await started().ask('/api/event-sources/sluice-users-write/want', change(token))
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test('is never made by GET', async () => {
    const answer = await started().ask('/api/event-sources/sluice-users-write/want')
    expect(answer.status).toBe(404)
  })

  test('is checked before anything is done', async () => {
    const { client } = started()
    const json = { selection: { all: true, code: 7 as unknown as string }, isDryRun: true } as const
    const asked = answered(client['dead-letters'][':topic'].redrive.$post({ param: { topic: 'users_created' }, json }))
    await expect(asked).rejects.toMatchObject({ status: 422, code: 'ARGUMENT_INVALID' })
  })
})

describe('the client', () => {
  test('fetches a token for its first change, and again after the server began anew', async () => {
    const first = started()
    const second = started()
    let app = first
    const sent: (string | null)[] = []
    const client = consoleClient(`http://${host}`, (async (input: string | URL | Request, init?: RequestInit) => {
      const headers = new Headers(init?.headers)
      if (init?.method === 'POST') sent.push(headers.get('x-sluice-token'))
      return app.ask(new URL(String(input)).pathname, { ...init, headers: Object.fromEntries(headers) })
    }) as typeof fetch)
    const change = () =>
      client.tables[':table'].reveal
        .$post({ param: { table: 'none' }, json: { key: ['1'] } })
        .then(({ status }) => status)
    expect(await change()).toBe(422)
    app = second
    expect(await change()).toBe(422)
    expect(sent).toHaveLength(3)
    expect(sent[1]).toBe(sent[0])
    expect(sent[2]).not.toBe(sent[0])
  })

  test('fails with code and message of an answer', async () => {
    const asked = answered(started().client.brokers.$get())
    await expect(asked).rejects.toBeInstanceOf(RequestFailed)
    await expect(asked).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', status: 503 })
  })
})

test('the session names what there is to search for', async () => {
  const { names, environment } = await answered(started().client.session.$get())
  expect(environment).toBe('test')
  expect(names).toMatchObject({
    pipelines: ['users'],
    eventSources: ['sluice-users-process', 'sluice-users-write', 'sluice-users-signups_by_country-write'],
    topics: expect.arrayContaining(['users_created', 'users_created.dlt']),
  })
})

describe('jobs', () => {
  const param = { job: 'signups_by_country' }

  test('are listed with what they read, also where none ever ran', async () => {
    expect(await answered(started().client.jobs.$get())).toMatchObject([
      { job: 'signups_by_country', pipeline: 'users', condition: 'unsupervised', window: 'windows of 1 minute' },
    ])
  })

  test('that nobody declares are not found, and none is told to do anything', async () => {
    const { client, folder } = started()
    const none = { param: { job: 'none' } }
    const unknown = { status: 404, code: 'JOB_UNKNOWN', message: expect.stringContaining('signups_by_country') }
    await expect(answered(client.jobs[':job'].$get(none))).rejects.toMatchObject(unknown)
    await expect(answered(client.jobs[':job'].results.$get({ ...none, query: {} }))).rejects.toMatchObject(unknown)
    const want = client.jobs[':job'].want.$post({ ...none, json: { isWanted: false } })
    await expect(answered(want)).rejects.toMatchObject(unknown)
    expect(await latestActions(folder, 10)).toEqual([])
  })

  test.each(['0', '25', 'all', '1.5'])('have no results of the last “%s” hours', async (hours) => {
    const asked = answered(started().client.jobs[':job'].results.$get({ param, query: { hours } }))
    await expect(asked).rejects.toMatchObject({ status: 422, code: 'ARGUMENT_INVALID' })
  })

  test('say that Kafka is away where their results are', async () => {
    const asked = answered(started().client.jobs[':job'].results.$get({ param, query: {} }))
    await expect(asked).rejects.toMatchObject({ status: 503, code: 'KAFKA_UNAVAILABLE' })
  })

  test('are stopped and restarted by a change alone, which the audit log tells', async () => {
    const { client, folder, ask } = started()
    const path = '/api/jobs/signups_by_country/want'
    expect((await ask(path)).status).toBe(404)
    expect((await ask(path, { method: 'POST', body: '{"isWanted":false}' })).status).toBe(403)
    const want = (isWanted: unknown) =>
      answered(client.jobs[':job'].want.$post({ param, json: { isWanted: isWanted as boolean } }))
    await expect(want('no')).rejects.toMatchObject({ status: 422, code: 'ARGUMENT_INVALID' })
    expect(await want(false)).toEqual({ isWanted: false, isTakenOn: null })
    expect(await answered(client.jobs[':job'].$get({ param }))).toMatchObject({ condition: 'resting', isWanted: false })
    expect(await want(true)).toEqual({ isWanted: true, isTakenOn: null })
    expect((await latestActions(folder, 10)).map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'restart job signups_by_country',
      'stop job signups_by_country',
    ])
  })
})

describe('pages', () => {
  test('are the document for every path, with a policy that lets in nothing from outside', async () => {
    for (const path of ['/', '/topics/users_created', '/no/such.page']) {
      const answer = await started().ask(path)
      expect(await answer.text()).toBe('/index.html')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
    }
  })

  test('have files that are kept, and no others', async () => {
    const { ask } = started()
    expect((await ask('/assets/index-1.js')).headers.get('cache-control')).toContain('immutable')
    expect((await ask('/assets/../index.html')).status).not.toBe(500)
    expect((await ask('/assets/none.js')).status).toBe(404)
    expect((await ask('/api/none')).status).toBe(404)
  })
})

describe('the live flow', () => {
  const picture = (number: number): FlowPicture => ({ number, at: number, pipelines: [], problem: null })

  async function firstEvent(answer: Response): Promise<{ id: string; numbers: number[] }> {
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('\n\n')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? '{}'
    const { points } = JSON.parse(data) as { points: { number: number }[] }
    return { id: /^id: (.*)$/m.exec(text)?.[1] ?? '', numbers: points.map(({ number }) => number) }
  }

  test('begins with all that is remembered, and goes on after the event that was seen last', async () => {
    const { flow, ask } = started()
    for (const number of [0, 1, 2]) flow.show(picture(number))
    expect(await firstEvent(await ask('/api/flow/live'))).toEqual({ id: 'e1-2', numbers: [0, 1, 2] })
    const again = await ask('/api/flow/live', { headers: { 'last-event-id': 'e1-1' } })
    expect(await firstEvent(again)).toEqual({ id: 'e1-2', numbers: [2] })
  })

  test('begins anew for who saw another start of the server', async () => {
    const { flow, ask } = started()
    flow.show(picture(0))
    const answer = await ask('/api/flow/live', { headers: { 'last-event-id': 'e0-9' } })
    expect((await firstEvent(answer)).numbers).toEqual([0])
  })

  test('tells each new picture at once', async () => {
    const { flow, ask } = started()
    const answer = await ask('/api/flow/live')
    const event = firstEvent(answer)
    await new Promise((done) => setImmediate(done))
    flow.show(picture(0))
    expect((await event).id).toBe('e1-0')
  })

  test('ends as the server stops', async () => {
    const { flow, ask, ending } = started()
    flow.show(picture(0))
    const answer = await ask('/api/flow/live')
    const whole = answer.text()
    ending.abort()
    expect(await whole).toContain('event: flow')
  })
})
