import { describe, expect, test } from 'vitest'
import type { Table } from '../../../src/core/table.ts'
import type { TopicSpec } from '../../../src/core/topology.ts'
import { type PresentTable, tableChanges } from '../../../src/runtime/topology/table-changes.ts'
import { type PresentTopic, topicChanges, topicSettings } from '../../../src/runtime/topology/topic-changes.ts'

describe('topics', () => {
  const wanted: TopicSpec = { name: 'people', partitions: 6, retentionMs: 1_000, maxMessageBytes: 2_000 }
  const present: PresentTopic = { name: 'people', partitions: 6, settings: topicSettings(wanted) }

  test('a missing topic is created with its settings', () => {
    const settings = { 'retention.ms': '1000', 'max.message.bytes': '2000' }
    expect(topicChanges([wanted], [])).toEqual([{ kind: 'create', topic: wanted, settings }])
  })

  test('a topic that fits is left alone, and so is one that no pipeline has', () => {
    expect(topicChanges([wanted], [present, { name: 'other', partitions: 1, settings: {} }])).toEqual([])
  })

  test('a changed setting keeps the other settings of the topic', () => {
    const settings = { ...present.settings, 'retention.ms': '5', 'cleanup.policy': 'compact' }
    expect(topicChanges([wanted], [{ ...present, settings }])).toEqual([
      { kind: 'configure', name: 'people', settings: { ...settings, 'retention.ms': '1000' } },
    ])
  })

  test.each([
    [12, 'Kafka cannot take partitions away'],
    [3, 'break their order'],
  ])('%d partitions instead of 6 are refused', (partitions, reason) => {
    const change = () => topicChanges([wanted], [{ ...present, partitions }])
    expect(change).toThrow(expect.objectContaining({ code: 'TOPIC_MISMATCH' }))
    expect(change).toThrow(`topic "people" has ${partitions} partitions, but the pipeline asks for 6`)
    expect(change).toThrow(reason)
  })
})

describe('tables', () => {
  const wanted: Table = {
    name: 'visits',
    columns: { id: 'uuid', day: 'text', count: 'int' },
    partitionKey: ['id'],
    clusteringColumns: ['day'],
    ttlSeconds: 60,
  }
  const present: PresentTable = { ...wanted }
  const changes = (table: Table, ...tables: PresentTable[]) => tableChanges('sluice', [table], tables)

  test('a missing table is created', () => {
    expect(changes(wanted)).toEqual([expect.stringContaining('CREATE TABLE IF NOT EXISTS sluice.visits')])
  })

  test('a table that fits is left alone, with a column more', () => {
    expect(changes(wanted, { ...present, columns: { ...present.columns, old: 'text' } })).toEqual([])
  })

  test('missing columns are added', () => {
    const { count: _, ...columns } = present.columns
    expect(changes(wanted, { ...present, columns })).toEqual(['ALTER TABLE sluice.visits ADD count int'])
  })

  test.each([
    [120, 'ALTER TABLE sluice.visits WITH default_time_to_live = 120'],
    [null, 'ALTER TABLE sluice.visits WITH default_time_to_live = 0'],
  ])('a time to live of %s is set', (ttlSeconds, statement) => {
    expect(changes({ ...wanted, ttlSeconds }, present)).toEqual([statement])
  })

  test('another type is refused, naming table, column and both types', () => {
    const change = () => changes(wanted, { ...present, columns: { ...present.columns, count: 'bigint' } })
    expect(change).toThrow(expect.objectContaining({ code: 'TABLE_MISMATCH' }))
    expect(change).toThrow('column "count" of table "visits" has type bigint, but the pipeline asks for int')
  })

  test('another order is refused', () => {
    const change = () => changes({ ...wanted, clusteringOrder: 'descending' }, present)
    expect(change).toThrow(expect.objectContaining({ code: 'TABLE_MISMATCH' }))
    expect(change).toThrow('table "visits" is sorted ascending, but the pipeline asks for descending')
  })

  test.each([
    [{ partitionKey: ['id', 'day'], clusteringColumns: [] }, '((id, day))', 'day'],
    [{ partitionKey: ['day'], clusteringColumns: ['id'] }, '((day), id)', 'id'],
    [{ partitionKey: ['id'], clusteringColumns: [] }, '((id))', 'day'],
  ])('another key %o is refused', (key, rendered, column) => {
    const change = () => changes(wanted, { ...present, ...key })
    expect(change).toThrow(expect.objectContaining({ code: 'TABLE_MISMATCH' }))
    expect(change).toThrow(
      `table "visits" has the primary key ${rendered}, but the pipeline asks for ((id), day) (column "${column}")`,
    )
  })
})
