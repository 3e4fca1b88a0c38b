/**
 * What `sluice dead-letters` owes: listed, shown, redriven, parked. On an environment that is up and has had one run.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { createProducer, type ProducedPosition, type RecordProducer } from '../../src/connect/kafka-producer.ts'
import { writeTimeMicros } from '../../src/core/write-time.ts'
import type { Clients } from '../../src/operations/clients.ts'
import { deadLetterRecord, deadLettersOf } from '../../src/operations/dead-letters/dead-letters.ts'
import { planRedrive, redrive as sendBack } from '../../src/operations/dead-letters/redrive.ts'
import { redrivenRecord } from '../../src/operations/dead-letters/redrive-plan.ts'
import { observeRun } from '../../src/operations/runs/observe.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { publishAsRun } from '../fixtures/publish-as-run.ts'
import { user, userRecord } from './by-hand.ts'
import { json, lines, type Sluice } from './sluice.ts'

/** Where the tests work. The ids are those of the first topic's schema, and the one that the next new schema gets. */
export type DeadLetterSetting = {
  readonly sluice: Sluice
  readonly clients: Clients
  readonly schemaId: number
  readonly lateSchemaId: number
}

/** Tests of dead letters, which follow on each other. */
export function deadLetterTests(setting: () => DeadLetterSetting): void {
  const late = '00000000-0000-4000-8000-00000000000a'
  const overtaken = '00000000-0000-4000-8000-00000000000b'
  const timestamp = Date.now() - 60_000
  let clients: Clients
  let sluice: Sluice
  let schemaId: number
  let lateSchemaId: number
  let producer: RecordProducer
  let positions: readonly ProducedPosition[]

  beforeAll(() => {
    ;({ clients, sluice, schemaId, lateSchemaId } = setting())
    producer = createProducer(clients.kafka)
  })
  afterAll(() => producer?.disconnect())

  const account = async () => (await observeRun(pipeline, 'by-hand', clients, 60_000)).proof.account
  const waiting = async (topic: string) =>
    (await deadLettersOf(topic, clients)).filter(({ state, origin }) => state === 'waiting' && origin !== null)
  const redrive = async (...args: string[]) => json(await sluice.run('dead-letters', 'redrive', ...args, '--json'))
  const endOf = async (topic: string) => [...(await offsetBounds(clients.admin, topic)).end.values()]

  test('are listed without data and shown with it, and the run is accounted for', async () => {
    positions = await publishAsRun(
      'by-hand',
      [
        userRecord(lateSchemaId, { id: late, first_name: 'Late' }, timestamp),
        userRecord(lateSchemaId, { id: overtaken, first_name: 'Older' }, timestamp),
        userRecord(schemaId, { id: overtaken, first_name: 'Younger' }, timestamp + 1),
        { key: 'garbage', value: Buffer.from('no Avro'), headers: { note: 'kept' }, timestamp },
        userRecord(schemaId, { id: 'no-uuid' }, timestamp),
      ],
      producer,
      ledgerOf(clients.cassandra, pipeline.name),
    )
    expect(await account()).toMatchObject({ written: 1, deadLettered: 4, pending: 0, unaccounted: 0 })
    const headers = { 'sluice-dead-letter-code': 'VALUE_INVALID', 'sluice-dead-letter-stage': 'ingest' }
    await producer.send('users_created.dlt', [{ key: null, value: Buffer.from('{}'), headers, timestamp }])

    const listed = await sluice.run('dead-letters', 'list', '--json')
    expect(lines(listed).map(({ code, stage, state }) => [code, stage, state])).toEqual(
      expect.arrayContaining([
        ['SCHEMA_UNKNOWN', 'process', 'waiting'],
        ['RECORD_UNREADABLE', 'process', 'waiting'],
        ['VALUE_INVALID', 'ingest', 'waiting'],
        ['RECORD_INVALID', 'write', 'waiting'],
      ]),
    )
    expect(listed.stdout).not.toContain(user.last_name)
    expect(listed.stderr).toContain('5 dead letters: 5 waiting, 0 redriven, 0 parked')

    const [garbage] = lines(listed).filter(({ code }) => code === 'RECORD_UNREADABLE')
    const shown = await sluice.run('dead-letters', 'show', 'users_created', '0', String(garbage.position.offset))
    expect(shown.stderr).toContain('can be personal')
    expect(shown.stdout).toMatch(/^header note +kept\n(header .*\n)*key +garbage\nvalue +no Avro$/m)
    const absent = await sluice.run('dead-letters', 'show', 'users_created.dlt', '0', '999')
    expect(absent.stderr).toContain('DEAD_LETTER_UNKNOWN: there is no dead letter users_created.dlt/0/999')
  })

  test('of the ingest never were records, and are refused with the reason', async () => {
    const letters = await deadLettersOf('users_created', clients)
    const { position } = letters.find(({ stage }) => stage === 'ingest') ?? {}
    const { code, stderr } = await sluice.run(
      'dead-letters',
      'redrive',
      'users_created',
      '--offset',
      String(position?.offset),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^REDRIVE_REFUSED: users_created\.dlt\/0\/\d+ cannot be redriven: it is a fetched value that never was a record/m,
    )
  })

  test('redriven once their cause is mended become rows, with the write time of the record as first published', async () => {
    const before = await endOf('users_created')
    const all = ['users_created', '--all', '--code', 'SCHEMA_UNKNOWN']
    expect(await redrive(...all, '--dry-run')).toMatchObject({ dryRun: true, redriven: 2, skipped: 0 })
    expect(await endOf('users_created')).toEqual(before)

    const lateSchema = { ...pipeline.topic.schema, doc: 'registered too late' }
    expect(await clients.registry.register('late-value', JSON.stringify(lateSchema))).toBe(lateSchemaId)
    expect(await redrive(...all)).toMatchObject({ redriven: 2, parked: 0, refused: 0 })
    await expect
      .poll(account, { timeout: 60_000 })
      .toMatchObject({ written: 3, deadLettered: 2, pending: 0, unaccounted: 0 })

    const query = 'SELECT first_name, WRITETIME(first_name) AS at FROM sluice.created_users WHERE id = ?'
    const read = async (id: string) => (await clients.cassandra.execute(query, [id])).first()
    const row = await read(late)
    expect(row?.first_name).toBe('Late')
    expect(Number(row?.at)).toBe(writeTimeMicros(timestamp, positions[0]?.offset ?? -1))
    expect((await read(overtaken))?.first_name).toBe('Younger')
  })

  test('redriven again are not sent again; sent twice nevertheless they change nothing', async () => {
    const before = await endOf('users_created')
    expect(await redrive('users_created', '--all', '--code', 'SCHEMA_UNKNOWN')).toMatchObject({
      redriven: 0,
      skipped: 2,
    })
    expect(await endOf('users_created')).toEqual(before)

    const [sent] = (await deadLettersOf('users_created', clients)).filter(({ state }) => state === 'redriven')
    const record = await deadLetterRecord('users_created', sent?.position ?? { partition: 0, offset: 0 }, clients)
    await producer.send('users_created', [redrivenRecord(record, 'users_created')])
    expect(await account()).toMatchObject({ published: 5, written: 3, deadLettered: 2, duplicates: 1, unaccounted: 0 })
  })

  test.each([
    ['users_created', 'RECORD_UNREADABLE'],
    ['users_enriched', 'RECORD_INVALID'],
  ])('of %s redriven three times in vain are parked, with all that is known of them', async (topic, code) => {
    const owned = { pipeline, topic }
    for (let redrives = 1; redrives <= 3; redrives++) {
      const [letter] = await waiting(topic)
      const steps = await planRedrive(owned, letter?.position ?? { partition: 0, offset: -1 }, clients)
      expect(await sendBack(owned, steps, clients)).toBe(1)
      await expect.poll(() => waiting(topic), { timeout: 60_000 }).toMatchObject([{ code, redrives }])
    }
    expect(await redrive(topic, '--all')).toMatchObject({ redriven: 0, parked: 1 })
    expect(await endOf(`${topic}.parked`)).toEqual([1])
    expect(await waiting(topic)).toEqual([])
    expect(await account()).toMatchObject({ written: 3, deadLettered: 2, pending: 0, unaccounted: 0 })
  })
}
