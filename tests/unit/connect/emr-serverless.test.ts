import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectJobApplication } from '../../../src/connect/emr-serverless.ts'
import { type HttpServer, startHttpServer } from '../../fixtures/http-server.ts'

let server: HttpServer

beforeEach(async () => {
  server = await startHttpServer()
  vi.stubEnv('AWS_ENDPOINT_URL', server.url)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

test('all pages of runs are read, and those that have ended are left out, whatever was asked for', async () => {
  const run = (id: string, state: string) => ({ id, name: `job-${id}`, state, applicationId: 'app1' })
  const pages: Readonly<Record<string, object>> = {
    '': { jobRuns: [run('a', 'RUNNING'), run('b', 'FAILED'), run('c', 'CANCELLING')], nextToken: 'more' },
    more: { jobRuns: [run('d', 'QUEUED'), run('e', 'CANCELLED'), run('f', 'SUCCESS')] },
  }
  server.answer = ({ searchParams }) => ({ body: JSON.stringify(pages[searchParams.get('nextToken') ?? '']) })
  expect(await connectJobApplication('app1').activeRuns()).toEqual([
    { id: 'a', name: 'job-a', isEnding: false },
    { id: 'c', name: 'job-c', isEnding: true },
    { id: 'd', name: 'job-d', isEnding: false },
  ])
  const asked = new URL(server.requests[0]?.url ?? '', server.url)
  expect(asked.pathname).toBe('/applications/app1/jobruns')
  expect(asked.searchParams.getAll('states')).toEqual(expect.arrayContaining(['RUNNING', 'PENDING', 'CANCELLING']))
  expect(asked.searchParams.getAll('states')).not.toContain('FAILED')
})

test('a run is started with the token of the request', async () => {
  server.answer = () => ({ body: JSON.stringify({ applicationId: 'app1', jobRunId: 'new', arn: 'arn' }) })
  const run = { name: 'job', mode: 'STREAMING', executionRoleArn: 'arn:role', clientToken: 'r1' } as const
  expect(await connectJobApplication('app1').start(run)).toBe('new')
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /applications/app1/jobruns'])
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(run)
})

test.each([
  ['STARTED', false],
  ['STOPPING', false],
  ['STOPPED', true],
  ['CREATED', true],
])('an application that is %s may be deleted: %s', async (state, isStopped) => {
  server.answer = () => ({ body: JSON.stringify({ application: { applicationId: 'app1', state } }) })
  expect(await connectJobApplication('app1').isStopped()).toBe(isStopped)
})
