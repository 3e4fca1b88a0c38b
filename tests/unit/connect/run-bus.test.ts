import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { eventBuses } from '../../../src/connect/event-bus.ts'
import { runBus } from '../../../src/connect/run-bus.ts'
import type { RunEvent } from '../../../src/core/run-event.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'

const server = await startHttpServer()
const announce = runBus(eventBuses('eu-west-1', server.url))
const event: RunEvent = {
  pipeline: 'orders',
  run: '20260301T100000Z-schedule',
  state: 'failed',
  attempt: 2,
  errorCode: 'RUN_EMPTY',
  figures: { fetched: 0 },
  drift: null,
}

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
})
beforeEach(() => {
  server.requests.length = 0
})

const answers = (body: object, status = 200) => {
  server.answer = () => ({ status, body: JSON.stringify(body) })
}

test('an event goes to the bus of its own, as the detail of a Sluice Run', async () => {
  answers({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] })
  await announce(event)
  const { headers, body } = server.requests[0] ?? expect.fail('no request')
  expect(headers['x-amz-target']).toBe('AWSEvents.PutEvents')
  expect(headers.authorization).toContain('/eu-west-1/events/aws4_request')
  const { Entries } = JSON.parse(body)
  expect(Entries).toEqual([
    { EventBusName: 'sluice-runs', Source: 'sluice', DetailType: 'Sluice Run', Detail: JSON.stringify(event) },
  ])
})

test.each([
  ['does not take', { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }, 200, 'did not take'],
  ['refuses', { __type: 'AccessDeniedException', message: 'no' }, 400, 'AccessDeniedException'],
])('an event that the bus %s fails', async (_, body, status, reason) => {
  answers(body, status)
  await expect(announce(event)).rejects.toThrow(reason)
})
