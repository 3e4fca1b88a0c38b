import { expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/iot.ts'
import { fixtureRecords } from '../../fixtures/pipeline-fixture.ts'

test('a reading is a row of its sensor and hour, and the latest of its sensor', async () => {
  const [first] = await fixtureRecords(pipeline)
  const row = { sensor: 'fixture/boiler/temperature', at: Date.UTC(2026, 0, 1), kind: 'temperature', unit: 'celsius' }
  const [bySensor, latest] = pipeline.tables.map((table) => table.rows(first ?? {}))
  expect(bySensor).toEqual([{ ...row, value: first?.value, hour: '2026-01-01T00' }])
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
