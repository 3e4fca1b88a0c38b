/**
 * Records put on topics by hand, and the checks of what became of them.
 * Not for the kinds of them: see records-kinds.ts.
 */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import type { TopicRecord } from '../../src/connect/kafka-reader.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import type { AvroRecordSchema } from '../../src/core/avro-schema.ts'
import { headerNames, headerText } from '../../src/core/headers.ts'
import { valueSubject } from '../../src/core/names.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { frame, type SchemaId } from '../../src/core/wire-format.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import type { FaultEnvironment } from './environment.ts'

/** Stands in every value that a test makes, so that a reason that quotes data is found. */
export const secret = 'Zurich-4711'

/** A record with the phone in its row, and for a bad one the code with which it is given up. */
export type Crafted = {
  readonly id: string
  readonly phone: unknown
  readonly code: string | null
  readonly record: OutgoingRecord
}

/** What differs from an ordinary record. */
export type Change = {
  readonly fields?: AvroRecord
  readonly schema?: AvroRecordSchema
  readonly record?: Partial<OutgoingRecord>
  /** The whole value, or what is made of the ordinary one. */
  readonly value?: (ordinary: Buffer) => Buffer | null
  readonly code?: string
}

/** Makes records for one topic of the users pipeline. */
export type RecordMaker = (change?: Change) => Promise<Crafted>

/** A maker of records of that topic. A schema that the registry does not have under the topic's subject is registered. */
export function recordMaker({ clients: { registry } }: FaultEnvironment, topic: AnyTopic): RecordMaker {
  const ids = new Map<string, Promise<SchemaId>>()
  const idOf = (schema: AvroRecordSchema) => {
    const text = JSON.stringify(schema)
    const subject = schema.name === topic.schema.name ? valueSubject(topic.name) : `by-hand-${schema.name}`
    const id = ids.get(text) ?? registry.register(subject, text)
    ids.set(text, id)
    return id
  }
  return async ({
    fields = {},
    schema = topic.schema,
    record = {},
    value = (same: Buffer) => same,
    code = null,
  } = {}) => {
    const id = randomUUID()
    const texts: AvroRecord = Object.fromEntries(schema.fields.map(({ name }) => [name, `${name} ${secret}`]))
    const user: AvroRecord = { ...texts, id, email: 'a@example.com', ...fields }
    const ordinary = frame(await idOf(schema), avroCodec(schema).encode(user))
    const headers = { ...record.headers, 'test-id': id }
    return {
      id,
      code,
      phone: user.phone,
      record: { key: id, timestamp: Date.now(), ...record, headers, value: value(ordinary) },
    }
  }
}

/** The record's header values as bytes. */
const bytesOf = (value: OutgoingRecord['headers'][string]) => [value].flat().map((each) => Buffer.from(each as string))

/** Expects exactly the bad ones of these among the topic's dead letters: bytes, key, headers, and a reason without data. */
export async function expectDeadLetters(
  environment: FaultEnvironment,
  topic: string,
  stage: 'process' | 'write',
  crafted: readonly Crafted[],
): Promise<void> {
  const letters = new Map<string, TopicRecord[]>()
  for (const letter of await environment.deadLetters(topic)) {
    const id = headerText(letter.headers, 'test-id') ?? ''
    letters.set(id, [...(letters.get(id) ?? []), letter])
  }
  for (const { id, code, record } of crafted) {
    const [letter, ...more] = letters.get(id) ?? []
    expect(more, 'a second dead letter').toEqual([])
    expect(letter && headerText(letter.headers, headerNames.deadLetterCode)).toBe(code ?? undefined)
    if (!letter) continue
    const same = record.value === null ? letter.value === null : letter.value?.equals(record.value)
    expect(same, `the bytes of a dead letter with code ${code}`).toBe(true)
    expect([letter.key?.toString() ?? null, letter.timestamp]).toEqual([record.key, record.timestamp])
    for (const [name, value] of Object.entries(record.headers)) {
      expect([letter.headers[name]].flat()).toEqual(bytesOf(value))
    }
    expect(headerText(letter.headers, headerNames.deadLetterStage)).toBe(stage)
    expect(headerText(letter.headers, headerNames.deadLetterOrigin)).toMatch(new RegExp(`^${topic}/\\d+/\\d+$`))
    const reason = headerText(letter.headers, headerNames.deadLetterReason) ?? ''
    expect(reason).toMatch(/^[a-zA-Z].{10,}$/)
    expect(reason).not.toContain(secret)
  }
}

/** Expects a row for each good one of these, with its phone whole, and none for the bad ones. */
export async function expectRows({ clients }: FaultEnvironment, crafted: readonly Crafted[]): Promise<void> {
  const query = 'SELECT phone FROM sluice.created_users WHERE id = ?'
  for (const { id, code, phone } of crafted) {
    const row = (await clients.cassandra.execute(query, [id])).first()
    expect(row?.phone === (code === null ? phone : undefined), `the row of a record with code ${code}`).toBe(true)
  }
}

/**
 * Publishes records for the process stage as one run and expects each one's fate: a row, or a dead letter of the topic
 * that they stand on. All go to one partition unless they name another.
 */
export async function expectProcessed(
  environment: FaultEnvironment,
  topic: string,
  runId: string,
  crafted: readonly Crafted[],
): Promise<void> {
  await environment.publishAsRun(
    runId,
    crafted.map(({ record }) => ({ partition: 0, ...record })),
  )
  const deadLettered = crafted.filter(({ code }) => code !== null).length
  expect(await environment.settled(runId)).toMatchObject({
    fetched: crafted.length,
    written: crafted.length - deadLettered,
    deadLettered,
    pending: 0,
    unaccounted: 0,
  })
  await expectDeadLetters(environment, topic, 'process', crafted)
  await expectRows(environment, crafted)
}
