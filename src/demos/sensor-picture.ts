/**
 * Sensors over time, with the anomalies among their readings, as a picture. Pure.
 */
import type { AnyRow } from '../core/table.ts'
import { svgOf } from './svg.ts'

/** A panel for each sensor: readings as a line, a ring around each row of sensor_anomalies. */
export function sensorPicture(sensors: readonly string[], readings: readonly AnyRow[], anomalies: readonly AnyRow[]) {
  const panels = sensors.map((sensor) => {
    const own = (rows: readonly AnyRow[]) => rows.filter((row) => row.sensor === sensor)
    const points = own(readings).map(({ at, value }): [number, number] => [Number(at), Number(value)])
    return {
      title: sensor,
      lines: [{ name: 'reading', points: points.toSorted(([a], [b]) => a - b) }],
      marks: own(anomalies).map(({ at, value }) => ({ x: Number(at), y: Number(value) })),
    }
  })
  return svgOf('Sensors', 'Readings, with a ring around each that Spark calls anomalous', panels)
}
