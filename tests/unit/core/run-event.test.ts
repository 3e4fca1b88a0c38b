import { expect, test } from 'vitest'
import { busEntry, metricsField } from '../../../src/core/run-event.ts'

test("figures become metrics of a pipeline in CloudWatch's embedded format, each with its unit", () => {
  // As the log has them: the entry's own fields are the values that the format names.
  const entry = {
    pipeline: 'orders',
    fetched: 3,
    fetchMs: 12.5,
    ...metricsField(1_700_000_000_000, { fetched: 3, fetchMs: 12.5 }),
  }
  expect(entry._aws).toEqual({
    Timestamp: 1_700_000_000_000,
    CloudWatchMetrics: [
      {
        Namespace: 'Sluice',
        Dimensions: [['pipeline']],
        Metrics: [
          { Name: 'fetched', Unit: 'Count' },
          { Name: 'fetchMs', Unit: 'Milliseconds' },
        ],
      },
    ],
  })
  const [{ Dimensions, Metrics } = expect.fail('no metrics')] = entry._aws.CloudWatchMetrics
  for (const name of [...Dimensions.flat(), ...Metrics.map(({ Name }) => Name)]) expect(entry).toHaveProperty(name)
})

test('an event is an entry of the bus of its own, with all of it as detail', () => {
  const figures = { fetched: 1 }
  const event = {
    pipeline: 'orders',
    run: 'r',
    state: 'late',
    attempt: 1,
    errorCode: 'RUN_LATE',
    figures,
    drift: null,
  } as const
  const { Detail, ...place } = busEntry(event)
  expect(place).toEqual({ EventBusName: 'sluice-runs', Source: 'sluice', DetailType: 'Sluice Run' })
  expect(JSON.parse(Detail)).toEqual(event)
})
