import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventBuses } from '../../../src/connect/event-bus.ts'
import { alertEntry } from '../../../src/core/alert.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'

const server = await startHttpServer()
const put = eventBuses('eu-west-1', server.url)
const event = { id: 'iot/a@1', pipeline: 'iot', record: 'sensor_readings/0/7', alert: { anomaly: 'outlier' } }

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

const answers = (body: object, status = 200) => {
  server.answer = () => ({ status, body: JSON.stringify(body) })
}

test('an alert goes to the bus of alerts; the answer says of each entry whether it was taken', async () => {
  answers({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'InternalFailure' }] })
  expect(await put([alertEntry(event), alertEntry(event), alertEntry(event)])).toEqual([true, false, false])
  const { headers, body } = server.requests[0] ?? expect.fail('no request')
  expect(headers['x-amz-target']).toBe('AWSEvents.PutEvents')
  expect(JSON.parse(body).Entries[0]).toEqual({
    ...{ EventBusName: 'sluice-alerts', Source: 'sluice', DetailType: 'Sluice Alert' },
    Detail: JSON.stringify(event),
  })
})

test('a refusal fails with its name', async () => {
  answers({ __type: 'AccessDeniedException', message: 'no' }, 400)
  await expect(put([alertEntry(event)])).rejects.toThrow('AccessDeniedException')
})
