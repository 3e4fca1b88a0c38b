import { expect, test } from 'vitest'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import { anomaliesOf, isClosed, judgedReadings, statisticsOf } from '../../../src/demos/sensor-readings.ts'

const reading = (sensor: string, second: number, value: number): AvroRecord => ({
  ...{ id: `${sensor}@${second}`, sensor, kind: 'temperature', unit: 'celsius', value, at: second * 1_000 },
})
const usual = Array.from({ length: 60 }, (_, second) => reading('a', second, 50 + (second % 10) / 10))

test('a reading that was published twice, and late, is judged once, by what was before it', () => {
  const far = reading('a', 60, 60)
  const judged = judgedReadings([far, ...usual, ...usual, reading('b', 60, 60)])
  expect(judged).toHaveLength(62)
  expect(anomaliesOf(judged)).toEqual([
    { sensor: 'a', at: 60_000, anomaly: 'outlier', score: expect.any(Number), value: 60 },
  ])
})

test('a reading is of a minute that is over when the watermark has passed its end', () => {
  expect(isClosed({ at: 59_999 }, 60_000)).toBe(true)
  expect(isClosed({ at: 60_000 }, 119_999)).toBe(false)
})

test('statistics are of sensor and minute', () => {
  const rows = statisticsOf([reading('a', 1, 1), reading('a', 59, 3), reading('a', 60, 5), reading('b', 0, 7)])
  expect(rows).toContainEqual({
    ...{ sensor: 'a', window_start: 0, window_end: 60_000, readings: 2, lowest: 1, highest: 3 },
    ...{ mean: 2, deviation: 1, median: 1 },
  })
  expect(rows).toHaveLength(3)
})
