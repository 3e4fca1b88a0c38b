import { expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/clickstream.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import { fixtureRecords } from '../../fixtures/pipeline-fixture.ts'

const records = await fixtureRecords(pipeline)
const byType = (type: string) => records.find((record) => record.type === type) as AvroRecord
const apply = (record: AvroRecord) => pipeline.process?.apply(record, []) ?? null
const rows = (record: AvroRecord) => pipeline.tables.map((table) => table.rows(record))

test('what a robot views is filtered on purpose', () => {
  expect(apply({ ...byType('view'), user_agent: 'ExampleBot/1.0' })).toBeNull()
  expect(records.map(apply).filter((made) => made === null)).toHaveLength(1)
})

test('day and lateness follow from the time at which an event occurred, whenever it arrives', () => {
  const occurred_at = Date.UTC(2026, 0, 1, 23, 59, 59)
  expect(apply({ ...byType('view'), occurred_at, received_at: occurred_at + 3_600_000 })).toMatchObject({
    day: '2026-01-01',
    late_ms: 3_600_000,
  })
})

test('only a purchase has revenue, and a row among the purchases', () => {
  const purchase = apply({ ...byType('purchase'), price_cents: 1_999, quantity: 3 }) as AvroRecord
  expect(purchase.revenue_cents).toBe(5_997)
  expect(rows(purchase).map((each) => each.length)).toEqual([1, 1])
  for (const type of ['view', 'cart']) {
    const other = apply(byType(type)) as AvroRecord
    expect(other.revenue_cents).toBe(0)
    expect(rows(other).map((each) => each.length)).toEqual([1, 0])
  }
})
