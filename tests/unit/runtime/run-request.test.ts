import { expect, test } from 'vitest'
import { type IngestEvent, runRequest, tickSuffix } from '../../../src/runtime/run-request.ts'

const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: '2026-03-01T10:08:04Z',
  resources: ['arn:aws:events:us-east-1:000000000000:rule/sluice-users-schedule'],
  detail: {},
}

test('a tick of the schedule gives a run that is named by its time', () => {
  expect(runRequest(scheduled, 100)).toEqual({
    id: '20260301T100804Z-schedule',
    isTick: true,
    scheduledAt: Date.UTC(2026, 2, 1, 10, 8, 4),
    limit: 100,
    seed: null,
  })
})

test('a tick that is delivered or fires twice is one run; another tick is another', () => {
  expect(runRequest(structuredClone(scheduled), 100).id).toBe(runRequest(scheduled, 100).id)
  expect(runRequest({ ...scheduled, id: 'other-id' }, 100).id).toBe(runRequest(scheduled, 100).id)
  expect(runRequest({ ...scheduled, time: '2026-03-01T10:09:04Z' }, 100).id).not.toBe(runRequest(scheduled, 100).id)
})

test('ids sort by time', () => {
  const times = ['2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01.500Z', '2026-11-01T00:00:00Z']
  const ids = times.map((time) => runRequest({ ...scheduled, time }, 1).id)
  expect([...ids].sort()).toEqual(ids)
})

test('an operator may give how many records, and a seed', () => {
  expect(runRequest({ ...scheduled, run: { records: 7, seed: 'a' } }, 100)).toMatchObject({ limit: 7, seed: 'a' })
})

test.each([
  ['an empty object', {}],
  ['no id', { ...scheduled, id: undefined }],
  ['an empty id', { ...scheduled, id: '' }],
  ['no time', { ...scheduled, time: undefined }],
  ['a time in words', { ...scheduled, time: 'noon' }],
  ['a Kafka event', { eventSource: 'aws:kafka', records: {} }],
])('%s is refused with what is needed', (_, event) => {
  expect(() => runRequest(event as unknown as IngestEvent, 100)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      message: 'the event must have an "id" and an ISO 8601 "time", as a schedule\'s has',
    }),
  )
})

test.each([0, -1, 1.5, '5', Number.NaN])('%s records are refused', (records) => {
  const event = { ...scheduled, run: { records } } as unknown as IngestEvent
  expect(() => runRequest(event, 100)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID', message: expect.stringContaining('a whole number from 1') }),
  )
})

test('what an operator asks for is named by its event, and one with the id of ticks is the run of a tick', () => {
  const asked = { id: 'abcdefgh-1', time: scheduled.time, run: {} }
  expect(runRequest(asked, 100)).toMatchObject({ id: '20260301T100804Z-abcdefgh', isTick: false })
  expect(runRequest({ ...asked, id: tickSuffix }, 100)).toMatchObject({ ...runRequest(scheduled, 100), isTick: false })
})
