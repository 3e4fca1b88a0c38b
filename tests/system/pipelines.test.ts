/** The pipelines beside users, on their bundled sources: what these answer is what the tables hold, and no log line begets others without end. */
import type { Client } from 'cassandra-driver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { allRows, connectCassandra } from '../../src/connect/cassandra.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { valueSubject } from '../../src/core/names.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { keyColumns, type Table } from '../../src/core/table.ts'
import { frame } from '../../src/core/wire-format.ts'
import { alertQueue } from '../fixtures/alert-queue.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { plainResponse } from '../fixtures/source-response.ts'
import { json, sluiceOn, unscheduledUp } from './sluice.ts'

const environment = `test-pipelines-${process.pid}`
const sluice = sluiceOn(environment)
const others = pipelines.filter(({ name }) => name !== 'users')
/** Less than a page of any of the sources. */
const records = 400
let endpoints: Endpoints
let client: Client

beforeAll(async () => {
  const names = others.map(({ name }) => name)
  endpoints = (await unscheduledUp(sluice, environment, records, names)).endpoints
  client = connectCassandra(endpoints.cassandra)
})

afterAll(async () => {
  await client?.shutdown()
  await sluice.cleanUp()
})

/** A run without a seed, which goes on where the one before ended, as the schedule's do; how many rows follow from it. */
async function nextRun(name: string): Promise<number> {
  const { run } = json(await sluice.run('trigger', name, '--json'))
  let account: Record<string, number> = {}
  const settled = async () => {
    const ended = await sluice.run('reconcile', name, '--run', run, '--json')
    account = json(ended)
    return ended.code
  }
  await expect.poll(settled, { timeout: 60_000 }).toBe(0)
  expect(account, name).toMatchObject({ pending: 0, unaccounted: 0 })
  return (account.fetched ?? 0) - (account.deadLettered ?? 0)
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

/** A cell as text, whether it comes from a record or from the driver. */
const cell = (value: unknown) => String(value instanceof Date ? value.getTime() : value)

/** Rows by key: of those with one key, the last. */
function byKey(table: Table, rows: readonly Readonly<Record<string, unknown>>[]): Map<string, Record<string, string>> {
  return new Map(
    rows.map((row) => [
      keyColumns(table)
        .map((column) => cell(row[column]))
        .join('\n'),
      Object.fromEntries(Object.keys(table.columns).map((column) => [column, cell(row[column])])),
    ]),
  )
}

const stored = ({ name }: Pick<Table, 'name'>) => allRows(client, `SELECT * FROM sluice.${name}`)

/** The records that are written of a source's answer. */
async function writtenOf({ source, process }: Pipeline, answer: unknown) {
  const page = source.read(answer, { cursor: null, limit: records, seed: 'first' }, plainResponse)
  const written = []
  for (const value of page?.values ?? []) {
    const checked = await source.value['~standard'].validate(value)
    if (checked.issues) throw new Error('the bundled source gave a value that does not fit')
    const record = source.record(checked.value, {})
    const made = process ? process.apply(record, []) : record
    if (made) written.push(made)
  }
  return written
}

test.each(others.map(({ name }) => name))('the first run of %s is proven, and all of it is settled', async (name) => {
  const account = json(await sluice.run('reconcile', name, '--json'))
  expect(account).toMatchObject({ state: 'succeeded', fetched: records, pending: 0, unaccounted: 0 })
  expect(account.written + account.filtered + account.deadLettered).toBe(records + account.duplicates)
  expect(account.written).toBeGreaterThan(records / 2)
})

test.each(['clickstream', 'iot'])('the tables of %s hold what follows from the seed', async (name) => {
  const pipeline = others.find((each) => each.name === name)
  if (!pipeline) throw new Error(`there is no pipeline ${name}`)
  const answer = await fetch(`${endpoints.source.url}/${name}?limit=${records}&seed=first`)
  const written = await writtenOf(pipeline, await answer.json())
  for (const table of pipeline.tables) {
    const expected = byKey(
      table,
      written.flatMap((record) => table.rows(record)),
    )
    expect(expected.size).toBeGreaterThan(0)
    expect(byKey(table, await stored(table))).toEqual(expected)
  }
})

describe('without a seed', () => {
  test('iot reads this machine, each reading once', async () => {
    const counts = [await nextRun('iot'), await nextRun('iot')]
    const machine = (await stored({ name: 'readings_by_sensor' })).filter(({ sensor }) => sensor.startsWith('machine/'))
    expect(machine).toHaveLength(sum(counts))
    const memory = machine.filter(({ sensor }) => sensor === 'machine/memory').map(({ value }) => value)
    expect(memory.length).toBeGreaterThan(5)
    expect(memory.every((value) => value > 0 && value < 100)).toBe(true)
  })

  test('logs reads each entry once, and a run begets fewer than it read', async () => {
    const counts = []
    for (let run = 0; run < 3; run++) counts.push(await nextRun('logs'))
    const rows = await stored({ name: 'logs_by_service' })
    expect(rows).toHaveLength(sum(counts))
    const own = rows.filter(({ service }) => service.startsWith('sluice-logs-'))
    expect(own.length).toBeLessThan(rows.length / 5)
    const services = ['kafka', 'cassandra', 'registry', 'emulator', 'sluice-logs-ingest', 'sluice-logs-write']
    expect(rows.map(({ service }) => service)).toEqual(expect.arrayContaining(services))
  })
})

test('an alert of a record is on the bus within two seconds of the record', async () => {
  const iot = others.find(({ name }) => name === 'iot')
  if (!iot) throw new Error('there is no pipeline iot')
  const { name, schema } = iot.topic
  const alerts = await alertQueue(endpoints.aws)
  const id = await connectRegistry(endpoints.registry).idOf(valueSubject(name), JSON.stringify(schema))
  const codec = avroCodec(schema)
  const producer = createProducer(connectKafka({ ...endpoints.kafka, clientId: 'sluice-test' }))
  const publish = (values: readonly number[], begin: number) =>
    producer.send(
      name,
      values.map((value, n) => {
        const at = begin + n * 1_000
        const reading = { id: `test@${at}`, sensor: 'test', kind: 'temperature', unit: 'celsius', value, at }
        return { key: 'test', value: frame(id, codec.encode(reading)), headers: {}, timestamp: Date.now() }
      }),
    )
  try {
    const begin = Date.now() - 60_000
    const usual = Array.from({ length: 60 }, (_, n) => 20 + (n % 10) / 10)
    await publish(usual, begin)
    const judged = async () => (await stored({ name: 'readings_by_sensor' })).filter(({ sensor }) => sensor === 'test')
    await expect.poll(async () => (await judged()).length, { timeout: 60_000 }).toBe(usual.length)

    const publishedAt = Date.now()
    await publish([60], publishedAt)
    const heard = []
    while (heard.length === 0) heard.push(...(await alerts.take()))
    expect(heard).toMatchObject([{ id: `iot/test@${publishedAt}`, alert: { anomaly: 'outlier', sensor: 'test' } }])
    const tookMs = Number(heard[0]?.heardAt) - publishedAt
    process.stdout.write(`the alert was on the bus ${tookMs} ms after its record\n`)
    expect(tookMs).toBeLessThan(2_000)
    const outliers = async () =>
      (await judged()).filter(({ anomaly }) => anomaly === 'outlier').map(({ value }) => value)
    await expect.poll(outliers, { timeout: 60_000 }).toEqual([60])
  } finally {
    await producer.disconnect()
  }
})
