/**
 * The dead letters of a topic as they stand: why each was given up, and whether it was sent back since.
 * Not for sending them: see redrive.ts.
 */
import { createHash } from 'node:crypto'
import { kafkaAnswer } from '../../connect/kafka.ts'
import { offsetBounds, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import type { OutgoingRecord } from '../../connect/kafka-producer.ts'
import { readUntilNow, type TopicRecord } from '../../connect/kafka-reader.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition, headerNames, headerText, parsePosition, type RecordPosition } from '../../core/headers.ts'
import { deadLetterTopic, parkingTopic } from '../../core/names.ts'
import { recordBytes } from '../../core/record-size.ts'
import type { Clients } from '../clients.ts'
import type { DeadLetter } from './dead-letter.ts'
import { type Found, type Sent, withStates } from './dead-letter-states.ts'

/**
 * All dead letters of a topic, oldest first, partition by partition. What was sent back is known from the records
 * themselves, each of which names its dead letter. Fails with TOPIC_UNKNOWN or KAFKA_UNAVAILABLE.
 */
export async function deadLettersOf(topic: string, clients: Clients): Promise<DeadLetter[]> {
  await expectDeployed(topic, clients)
  const found: Found[] = []
  await readUntilNow(clients.kafka, await startOf(deadLetterTopic(topic), clients), (record) => {
    const letter = describeDeadLetter(record)
    found.push({ letter, record: letter.origin && recordGivenUp(record, letter.origin) })
  })
  if (found.length === 0) return []
  found.sort((a, b) => byPosition(a.letter, b.letter))
  const letters = found.map(({ letter }) => letter)
  const sent = await sentDeadLetters(topic, letters, clients)
  return withStates(found, sent)
}

/** The records of dead letters at the given positions, by position; one that retention has removed is absent. */
export async function deadLetterRecords(
  topic: string,
  positions: readonly RecordPosition[],
  clients: Clients,
): Promise<Map<string, TopicRecord>> {
  const wanted = new Set(positions.map(formatPosition))
  const name = deadLetterTopic(topic)
  const { start, end } = await offsetBounds(clients.admin, name)
  const from = new Map<number, number>()
  for (const [partition, last] of end) {
    const offsets = positions.filter((each) => each.partition === partition).map(({ offset }) => offset)
    from.set(partition, Math.max(start.get(partition) ?? 0, Math.min(last, ...offsets)))
  }
  const records = new Map<string, TopicRecord>()
  await readUntilNow(clients.kafka, new Map([[name, from]]), (record) => {
    if (wanted.has(formatPosition(record))) records.set(formatPosition(record), record)
  })
  return records
}

/** The record of one dead letter. Fails with DEAD_LETTER_UNKNOWN, naming the offsets that there are. */
export async function deadLetterRecord(
  topic: string,
  { partition, offset }: Pick<RecordPosition, 'partition' | 'offset'>,
  clients: Clients,
): Promise<TopicRecord> {
  await expectDeployed(topic, clients)
  const position = { topic: deadLetterTopic(topic), partition, offset }
  const record = (await deadLetterRecords(topic, [position], clients)).get(formatPosition(position))
  if (record) return record
  const { start, end } = await offsetBounds(clients.admin, position.topic)
  const held = [...start].map(([each, first]) => `partition ${each}: ${rangeText(first, end.get(each) ?? first)}`)
  throw new SluiceError(
    'DEAD_LETTER_UNKNOWN',
    `there is no dead letter ${formatPosition(position)}; ${position.topic} holds ${held.join(', ')}`,
  )
}

/** What the headers of a dead letter say; nothing is known of what became of it. */
export function describeDeadLetter(record: TopicRecord): DeadLetter {
  const { topic, partition, offset, timestamp, value, headers } = record
  const text = (name: string) => headerText(headers, name)
  return {
    position: { topic, partition, offset },
    origin: parsePosition(text(headerNames.deadLetterOrigin) ?? ''),
    code: text(headerNames.deadLetterCode) ?? 'none',
    reason: text(headerNames.deadLetterReason) ?? 'none: the record was not put there by Sluice',
    stage: text(headerNames.deadLetterStage) ?? 'unknown',
    timestamp,
    bytes: value?.length ?? 0,
    wholeBytes: recordBytes({ key: record.key, value, headers: definedHeaders(record) }),
    redrives: redrivesOf(record),
    state: 'waiting',
    sentTo: null,
  }
}

/** The headers of a record, without those that a client gives no value. */
export function definedHeaders({ headers }: TopicRecord): OutgoingRecord['headers'] {
  type Entry = [name: string, value: OutgoingRecord['headers'][string]]
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is Entry => entry[1] !== undefined))
}

/** How often a record was redriven before; 0 without a readable header. */
export function redrivesOf({ headers }: TopicRecord): number {
  const text = headerText(headers, headerNames.redrives) ?? '0'
  return /^\d{1,4}$/.test(text) ? Number(text) : 0
}

/** What became of dead letters: records behind the earliest origin, and parked ones, that name a dead letter of the topic. */
async function sentDeadLetters(topic: string, letters: readonly DeadLetter[], clients: Clients) {
  const { start, end } = await offsetBounds(clients.admin, topic)
  const behind = new Map<number, number>()
  for (const [partition, last] of end) {
    const origins = letters.flatMap(({ origin }) => (origin?.partition === partition ? [origin.offset + 1] : []))
    behind.set(partition, Math.max(start.get(partition) ?? 0, Math.min(last, ...origins)))
  }
  const from = new Map<string, PartitionOffsets>([[topic, behind], ...(await startOf(parkingTopic(topic), clients))])
  const sent = new Map<string, Sent>()
  await readUntilNow(clients.kafka, from, (record) => {
    const letter = headerText(record.headers, headerNames.redrivenFrom)
    const { topic: at, partition, offset } = record
    const state = at === topic ? 'redriven' : 'parked'
    if (letter) sent.set(letter, { state, sentTo: { topic: at, partition, offset } })
  })
  return sent
}

async function startOf(topic: string, { admin }: Clients): Promise<Map<string, PartitionOffsets>> {
  return new Map([[topic, (await offsetBounds(admin, topic)).start]])
}

async function expectDeployed(topic: string, { admin }: Clients): Promise<void> {
  const existing = new Set(await kafkaAnswer('the topics', admin.listTopics()))
  const missing = [topic, deadLetterTopic(topic), parkingTopic(topic)].filter((name) => !existing.has(name))
  if (missing.length === 0) return
  throw new SluiceError('TOPIC_UNKNOWN', `topic ${missing.join(', ')} does not exist: deploy the app with "npm start"`)
}

/** By content besides, as the origin header of a foreign producer's records can name anything. */
function recordGivenUp({ key, value, headers }: TopicRecord, origin: RecordPosition): string {
  const hash = createHash('sha256')
  for (const bytes of [key, value]) hash.update(`${bytes?.length ?? -1} `).update(bytes ?? '')
  return `${headerText(headers, headerNames.origin) ?? formatPosition(origin)} ${hash.digest('base64')}`
}

function byPosition({ position: a }: DeadLetter, { position: b }: DeadLetter): number {
  return a.partition - b.partition || a.offset - b.offset
}

function rangeText(first: number, end: number): string {
  return first === end ? 'none' : `${first} to ${end - 1}`
}
