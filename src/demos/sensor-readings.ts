/**
 * What the jobs and the process stage of iot must come to, recomputed from the readings that were published. Pure.
 */
import { pipeline } from '../../pipelines/iot.ts'
import type { AvroRecord } from '../core/avro-codec.ts'
import type { AnyRow } from '../core/table.ts'
import { grouped, minuteMs, startOfWindow } from './windows.ts'

const windowMs = pipeline.process?.window?.ms ?? 0

/** Every reading with its verdict, by a rule that has all of them at hand; a reading that was published twice, once. */
export function judgedReadings(readings: readonly AvroRecord[]): AvroRecord[] {
  const once = [...new Map(readings.map((reading) => [reading.id, reading])).values()]
  const bySensor = Map.groupBy(once, ({ sensor }) => sensor)
  return [...bySensor.values()].flatMap((own) => judgedSensor(own.toSorted((a, b) => Number(a.at) - Number(b.at))))
}

function judgedSensor(readings: readonly AvroRecord[]): AvroRecord[] {
  let from = 0
  return readings.map((reading, at) => {
    while (Number(readings[from]?.at) < Number(reading.at) - windowMs) from += 1
    return pipeline.process?.apply(reading, readings.slice(from, at)) as AvroRecord
  })
}

/** The anomalies among judged readings, as rows of sensor_anomalies, without the median. */
export function anomaliesOf(judged: readonly AvroRecord[]): AnyRow[] {
  return judged
    .filter(({ anomaly }) => anomaly !== null)
    .map(({ sensor, at, anomaly, score, value }) => ({ sensor, at, anomaly, score, value }))
}

/** Whether a watermark (ms) has passed the minute of an anomaly. */
export function isClosed({ at }: AnyRow, watermarkMs: number): boolean {
  return startOfWindow(Number(at), minuteMs) + minuteMs <= watermarkMs
}

/** The rows of sensor_statistics; a reading that was published twice counts twice. */
export function statisticsOf(readings: readonly AvroRecord[]): AnyRow[] {
  const startOf = ({ at }: AvroRecord) => startOfWindow(Number(at), minuteMs)
  const groups = grouped(readings, (reading) => [startOf(reading), reading.sensor])
  return groups.map((group) => {
    const first = group[0] as AvroRecord
    const values = group.map(({ value }) => Number(value)).sort((a, b) => a - b)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return {
      sensor: first.sensor,
      window_start: startOf(first),
      window_end: startOf(first) + minuteMs,
      readings: values.length,
      lowest: values[0],
      highest: values.at(-1),
      mean,
      deviation: Math.sqrt(squares / values.length),
      // The lower of two in the middle, as percentile_approx has it.
      median: values[Math.ceil(values.length / 2) - 1],
    }
  })
}
