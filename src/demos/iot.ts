/**
 * The demo of sensors: statistics per minute, and anomalies as the process function and Spark find them, held against the
 * faults that the made-up plant is known to have; and the same of this machine.
 */
import { type Detection, judgeDetection } from '../local/source/detection.ts'
import { compareRows } from './check.ts'
import type { Check, Demo, DemoPlace } from './demo.ts'
import { sensorPicture } from './sensor-picture.ts'
import { anomaliesOf, isClosed, judgedReadings, statisticsOf } from './sensor-readings.ts'

const seed = 'demo'
/** Of ten minutes, in each of which each sensor has one fault. */
const windows = 2

export const demo: Demo = {
  name: 'iot',
  summary: 'sensors by the minute, and what is wrong with them: of a made-up plant and of this machine',
  runs: [
    { pipeline: 'iot', records: 24_100, seed },
    { pipeline: 'iot', records: 2_000, seed: null },
  ],
  async verify(place) {
    const { readings, processed, rows } = await resultsOf(place)
    const anomalies = anomaliesOf(judgedReadings(readings))
    const { watermarkMs } = place.countsOf('sensor_anomalies')
    const closed = anomalies.filter((row) => isClosed(row, watermarkMs))
    const key = ['sensor', 'at']
    return [
      compareRows({
        what: 'sensor_statistics: readings per sensor and minute',
        comparedWith: 'sensor_readings, grouped in TypeScript',
        key: ['sensor', 'window_start'],
        expected: statisticsOf(readings),
        found: await place.rowsOf('sensor_statistics'),
      }),
      compareRows({
        what: 'sensor_anomalies: anomalies that Spark found',
        comparedWith: 'the rule in TypeScript, on minutes that are over',
        ...{ key, expected: closed, found: rows },
      }),
      compareRows({
        what: 'readings_judged: anomalies that the process function found, one reading at a time',
        comparedWith: 'the rule in TypeScript, with all readings at hand',
        ...{ key, expected: anomalies, found: processed },
      }),
      ...detectionChecks('Spark', detectionIn(rows)),
      ...detectionChecks('the process function', detectionIn(processed)),
    ]
  },
  async tables(place) {
    const { processed, rows } = await resultsOf(place)
    const kinds = Object.entries(detectionIn(rows).byKind)
    const bySensor = Map.groupBy(processed, ({ sensor }) => String(sensor))
    return [
      {
        title: 'Faults of the plant that Spark found',
        cells: [['fault', 'found', 'of'], ...kinds.map(([kind, { found, of }]) => [kind, String(found), String(of)])],
      },
      {
        title: 'Anomalous readings by sensor, as alerts told them',
        cells: [['sensor', 'readings'], ...[...bySensor].map(([sensor, own]) => [sensor, String(own.length)])],
      },
    ]
  },
  async picture(place) {
    const { readings, rows } = await resultsOf(place)
    const shown = [`${seed}/boiler/vibration`, `${seed}/pump/humidity`, 'machine/network-received']
    return sensorPicture(shown, readings, rows)
  },
}

async function resultsOf(place: DemoPlace) {
  const readings = (await place.recordsOf('sensor_readings')).map(({ value }) => value)
  const processed = (await place.recordsOf('readings_judged')).map(({ value }) => value)
  return {
    readings,
    processed: anomaliesOf(processed),
    rows: await place.rowsOf('sensor_anomalies'),
  }
}

function detectionIn(rows: readonly Readonly<Record<string, unknown>>[]): Detection {
  const ofPlant = rows.filter(({ sensor }) => String(sensor).startsWith(`${seed}/`))
  return judgeDetection(
    seed,
    windows,
    ofPlant.map(({ sensor, at }) => ({ sensor: String(sensor), at: Number(at) })),
  )
}

function detectionChecks(who: string, { recall, precision, faults, findings }: Detection): Check[] {
  const check = (what: string, expected: number, part: number, least: number): Check => ({
    what: `${what} by ${who}, at least ${least * 100} %`,
    comparedWith: `the faults that seed "${seed}" has`,
    expected,
    found: Math.round(part * expected),
    isEqual: part >= least,
    differences: part >= least ? [] : [`${(part * 100).toFixed(1)} %`],
  })
  return [check('faults found', faults, recall, 0.95), check('findings that are of a fault', findings, precision, 0.9)]
}
