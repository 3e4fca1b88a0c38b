import { describe, expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/iot.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import { fixtureRecords } from '../../fixtures/pipeline-fixture.ts'
import { detectionOf } from '../../fixtures/plant.ts'

test('a reading is a row of its sensor and hour, and the latest of its sensor', async () => {
  const [first] = await fixtureRecords(pipeline)
  const row = { sensor: 'fixture/boiler/temperature', at: Date.UTC(2026, 0, 1), kind: 'temperature', unit: 'celsius' }
  const made = pipeline.process?.apply(first ?? {}, []) ?? {}
  const [bySensor, latest] = pipeline.tables.map((table) => table.rows(made))
  const verdict = { anomaly: null, score: null }
  expect(bySensor).toEqual([{ ...row, ...verdict, value: first?.value, hour: '2026-01-01T00' }])
  expect(latest).toEqual([{ ...row, value: first?.value }])
})

test('readings of one sensor share a key, and are told apart by their ids', async () => {
  const [first] = await fixtureRecords(pipeline)
  const next = { ...first, id: 'fixture/boiler/temperature@2026-01-01T00:00:01.000Z' }
  expect(pipeline.topic.key(next)).toBe(pipeline.topic.key(first ?? {}))
  expect(pipeline.source.id?.(next)).not.toBe(pipeline.source.id?.(first ?? {}))
})

test('this machine is read unless a seed is given', () => {
  const query = (seed: string | null) => pipeline.source.request({ cursor: null, limit: 10, seed }).query
  expect(query(null)).toEqual({ limit: 10 })
  expect(query('a')).toEqual({ limit: 10, seed: 'a' })
})

describe('a reading is judged by those of its sensor before it', () => {
  const reading = (second: number, value: number, kind = 'temperature'): AvroRecord => {
    return { id: `s@${second}`, sensor: 's', kind, unit: 'u', value, at: second * 1_000 }
  }
  /** Readings of seconds 0 to 99: 50.0, 50.1, … 50.9, and again. */
  const usual = Array.from({ length: 100 }, (_, second) => reading(second, 50 + (second % 10) / 10))
  const judge = (one: AvroRecord, earlier: readonly AvroRecord[] = usual) => {
    return (pipeline.process?.apply(one, earlier) ?? {}) as { anomaly: string | null; score: number | null }
  }
  const stuck = Array.from({ length: 9 }, (_, n) => reading(91 + n, 50.4))

  test.each([
    ['as the others', reading(100, 50.5), usual, null],
    ['far from them', reading(100, 53), usual, 'outlier'],
    ['far from them, of which there are too few', reading(29, 53), usual.slice(0, 29), null],
    ['after a silence', reading(109, 50.5), usual, 'silent'],
    ['after a shorter one', reading(108, 50.5), usual, null],
    ['the tenth of the same', reading(100, 50.4), [...usual.slice(0, 91), ...stuck], 'stuck'],
    ['the ninth of the same', reading(99, 50.4), [...usual.slice(0, 91), ...stuck.slice(1)], null],
    ['of a sensor that hardly varies', reading(100, 7), usual.map((each) => ({ ...each, value: 7 })), null],
    ['of a disk that rests', reading(100, 4_096, 'traffic'), usual.map((each) => ({ ...each, value: 0 })), null],
    ['of a disk in a burst', reading(100, 9e6, 'traffic'), usual.map((each) => ({ ...each, value: 0 })), 'outlier'],
  ])('%s', (_case, one, earlier, anomaly) => {
    expect(judge(one, earlier).anomaly).toBe(anomaly)
  })

  test('an anomaly is an alert that says what, how much, of which sensor and when', () => {
    const made = pipeline.process?.apply(reading(100, 53), usual) ?? {}
    expect(pipeline.process?.alert?.(made)).toEqual({
      ...{ anomaly: 'outlier', score: made.score, sensor: 's', kind: 'temperature', unit: 'u', value: 53 },
      at: '1970-01-01T00:01:40.000Z',
    })
    expect(pipeline.process?.alert?.({ ...made, anomaly: null })).toBeNull()
  })
})

test.each(['a', 'b', 'sluice'])(
  'of the faults of seed %s nearly all are found, and nine of ten findings are of a fault',
  (seed) => {
    const { recall, precision, faults, byKind } = detectionOf(seed, 2)
    expect(faults).toBe(40)
    expect(recall).toBeGreaterThanOrEqual(0.95)
    expect(precision).toBeGreaterThanOrEqual(0.9)
    for (const { found, of } of Object.values(byKind)) expect(found / of).toBeGreaterThanOrEqual(0.8)
  },
)
