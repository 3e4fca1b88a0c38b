import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadPipelines } from '../../../cdk/pipeline-files.ts'
import { pipelines } from '../../../pipelines/index.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import { leftOutAndFilled } from '../../../src/core/drift.ts'
import { type Pipeline, writtenTopic } from '../../../src/core/pipeline.ts'
import { keyColumns } from '../../../src/core/table.ts'
import type { AnyTopic } from '../../../src/core/topic.ts'
import { topologyOf } from '../../../src/core/topology.ts'
import { checkRow } from '../../../src/runtime/row-writes.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'
import { fixtureOf, fixturePage, fixtureRecords } from '../../fixtures/pipeline-fixture.ts'

/** What every pipeline owes: a new one is the file, a line in index.ts, and a fixture. */
describe.each(pipelines.map((pipeline) => [pipeline.name, pipeline] as const))('pipeline %s', (_, pipeline) => {
  test('its source accepts the fixture and reads values and a cursor from it', async () => {
    const { values, cursor } = await fixturePage(pipeline)
    expect(values.length).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(cursor))).toEqual(cursor)
  })

  test('its form has a place for every field of the fixture, so that drift is what the source changes', async () => {
    for (const value of (await fixturePage(pipeline)).values) {
      const checked = await pipeline.source.value['~standard'].validate(value)
      expect(checked.issues ?? leftOutAndFilled(value, checked.value)).toEqual([])
    }
  })

  test.each([
    ['the very beginning', null, null],
    ['the cursor of the fixture', 'fixture', null],
    ['a seed', null, 'a'],
  ])('it makes a request for %s', async (_case, from, seed) => {
    const cursor = from && (await fixturePage(pipeline)).cursor
    const { query } = pipeline.source.request({ cursor: cursor || null, limit: 3, seed })
    for (const value of Object.values(query)) expect(['string', 'number']).toContain(typeof value)
  })

  test('each value becomes a record that fits the Avro schema and has an id of its own', async () => {
    const records = await fixtureRecords(pipeline)
    for (const record of records) expectFit(pipeline.topic, record)
    const ids = records.map((record) => pipeline.source.id?.(record) ?? pipeline.topic.key(record))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('what its process stage makes fits the schema and has a key; the input is left as it was', async () => {
    const { process } = pipeline
    if (!process) return
    for (const record of await fixtureRecords(pipeline)) {
      const frozen = Object.freeze({ ...record })
      const made = process.apply(frozen, [])
      if (made) expectFit(process.topic, made)
      expect(process.apply(frozen, [])).toEqual(made)
      // Accounting asks whether a record is filtered without what came before it.
      expect(process.apply(frozen, Array(50).fill(frozen)) === null).toBe(made === null)
    }
  })

  test('its rows name the columns of their tables exactly, and have a value for each key column', async () => {
    const written = await writtenRecords(pipeline)
    expect(written.length).toBeGreaterThan(0)
    for (const table of pipeline.tables) {
      const rows = written.flatMap((record) => table.rows(record))
      expect(rows.length, `the fixture gives no row of table ${table.name}`).toBeGreaterThan(0)
      for (const row of rows) {
        expect(Object.keys(row).sort()).toEqual(Object.keys(table.columns).sort())
        expect(() => checkRow(table, row)).not.toThrow()
        for (const column of keyColumns(table)) expect(row[column] ?? '', column).not.toBe('')
      }
    }
  })
})

test('all pipelines together make one topology', () => {
  expect(topologyOf(pipelines).topics.length).toBeGreaterThanOrEqual(2 * pipelines.length)
})

test('their jobs keep the rules, and have SQL that fits them', async () => {
  expect(await loadPipelines()).toBe(pipelines)
})

test('each file of SQL is of a job', () => {
  const jobs = pipelines.flatMap(({ analytics = [] }) => analytics.map(({ name }) => `${name}.sql`))
  const files = readdirSync(join(import.meta.dirname, '../../../spark')).filter((name) => name.endsWith('.sql'))
  expect(
    files.filter((name) => !jobs.includes(name)),
    'SQL without an entry in "analytics" of a pipeline',
  ).toEqual([])
})

test('a pipeline without a fixture is told what to add', () => {
  expect(() => fixtureOf('Nobody')).toThrow('pipeline "Nobody" has no fixture: add tests/fixtures/Nobody.json')
})

function expectFit(topic: AnyTopic, record: AvroRecord): void {
  const codec = avroCodec(topic.schema)
  expect({ ...codec.decode(codec.encode(record), JSON.stringify(topic.schema)) }).toEqual(record)
  expect(topic.key(record)).toMatch(/./)
}

async function writtenRecords(pipeline: Pipeline): Promise<AvroRecord[]> {
  const records = await fixtureRecords(pipeline)
  if (writtenTopic(pipeline) === pipeline.topic) return records
  return records.map((record) => pipeline.process?.apply(record, []) ?? null).filter((made) => made !== null)
}
