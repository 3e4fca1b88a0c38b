/** Anomalies of sensors: record by record in a process function that is ended midway, and in Spark; both against what is known. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pipeline } from '../../pipelines/iot.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import { compareRows } from '../../src/demos/check.ts'
import { anomaliesOf, judgedReadings, statisticsOf } from '../../src/demos/sensor-readings.ts'
import { watchMachine } from '../../src/local/source/machine.ts'
import { readCounters } from '../../src/local/source/machine-counters.ts'
import { plantEpoch, windowSeconds } from '../../src/local/source/sensors.ts'
import { detectionIn, readingsOf } from '../fixtures/plant.ts'
import { type IotScene, resultsOf, startIotScene } from './iot-scene.ts'

const seed = 'faults'
const windows = 2
const minute = 60_000
const closed = plantEpoch + windows * windowSeconds * 1_000
/** Two minutes more, so that Spark closes all minutes of the windows. */
const readings = readingsOf(seed, windows * windowSeconds + 120)
const recomputed = judgedReadings(readings)
const patience = { timeout: 280_000, interval: 2_000 }
let scene: IotScene

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  scene = await startIotScene()
  await scene.publish(readings)
  scene.startJobs()
})

afterAll(async () => {
  await scene?.close()
  vi.unstubAllEnvs()
})

type Rows = readonly Readonly<Record<string, unknown>>[]
const judgedTopic = pipeline.process?.topic ?? pipeline.topic
const before = (rows: Rows, end: number) => rows.filter(({ at }) => Number(at) < end)
/** Where rows of anomalies differ. */
const differences = (expected: Rows, found: Rows) =>
  compareRows({ what: '', comparedWith: '', key: ['sensor', 'at'], expected, found }).differences

function expectGood(rows: Rows): void {
  const { recall, precision, faults, findings } = detectionIn(seed, windows, rows)
  process.stdout.write(
    `found ${recall * 100} % of ${faults} faults; ${precision * 100} % of ${findings} findings right\n`,
  )
  expect(recall).toBeGreaterThanOrEqual(0.95)
  expect(precision).toBeGreaterThanOrEqual(0.9)
}

test('a function that is ended midway, and given a batch again, tells what one that never ends would', async () => {
  const batches = await scene.batches(200)
  let handle = scene.startFunction()
  for (const [number, batch] of batches.entries()) {
    expect(await handle(batch)).toEqual({ batchItemFailures: [] })
    if (number % 20 !== 7) continue
    handle = scene.startFunction()
    await handle(batch)
  }
  expect(scene.readBack.length).toBeGreaterThanOrEqual(Math.floor(batches.length / 20))
  const heard = await scene.alerts.takeAll()
  const anomalous = recomputed.filter(({ anomaly }) => anomaly !== null)
  expect([...new Set(heard.map(({ id }) => id))].sort()).toEqual(anomalous.map(({ id }) => `iot/${id}`).sort())
  const said = new Map(heard.map(({ id, alert }) => [id, alert]))
  for (const { id, alert } of heard) expect(alert, `a double of ${id}`).toEqual(said.get(id))

  const flowing = await scene.latest(judgedTopic)
  expect(flowing).toHaveLength(readings.length)
  expect(differences(anomaliesOf(recomputed), anomaliesOf(flowing))).toEqual([])
  expectGood(anomaliesOf(flowing))
})

test('on minutes that are over Spark finds the same, and its statistics are those of the readings', async () => {
  const expected = before(anomaliesOf(recomputed), closed)
  const rows = async () => before(await scene.latest(resultsOf('sensor_anomalies')), closed)
  await expect.poll(async () => differences(expected, await rows()), patience).toEqual([])
  expectGood(await rows())

  const statistics = async () =>
    compareRows({
      ...{ what: '', comparedWith: '', key: ['sensor', 'window_start'], expected: statisticsOf(readings) },
      found: await scene.latest(resultsOf('sensor_statistics')),
    }).differences
  await expect.poll(statistics, patience).toEqual([])
})

test("this machine's own readings are judged alike", async () => {
  const everyMs = 25
  const machine = watchMachine(readCounters, everyMs)
  const own: AvroRecord[] = []
  for (let after: string | null = null; own.length < 600; ) {
    const page = machine.page(after, 500)
    own.push(...page.readings.map((reading) => ({ ...reading, at: Date.parse(reading.at) })))
    after = page.next
    await delay(everyMs)
  }
  await machine.stop()
  const expected = anomaliesOf(judgedReadings(own))
  // Another sensor, so much later that every minute of these is over.
  const later = Number(own.at(-1)?.at) + 8 * minute
  await scene.publish([...own, { id: 'l', sensor: 'later', kind: 'load', unit: 'percent', value: 1, at: later }])

  const handle = scene.startFunction()
  for (const batch of await scene.batches(500)) await handle(batch)
  const ofMachine = (rows: readonly AvroRecord[]) => rows.filter(({ sensor }) => String(sensor).startsWith('machine/'))
  const flowing = ofMachine(await scene.latest(judgedTopic))
  expect(flowing).toHaveLength(own.length)
  expect(differences(expected, anomaliesOf(flowing))).toEqual([])
  const rows = async () => ofMachine(await scene.latest(resultsOf('sensor_anomalies')))
  await expect.poll(async () => differences(expected, await rows()), patience).toEqual([])
})
