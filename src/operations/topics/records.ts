/**
 * Records of any topic for people: a page, one by its position, what comes in live.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { kafkaAnswer } from '../../connect/kafka.ts'
import { offsetBounds, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import { readTopics, type TopicRecord } from '../../connect/kafka-reader.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition, type RecordPosition } from '../../core/headers.ts'
import { deadLetterTopic, parkingTopic } from '../../core/names.ts'
import { personalNames, tagged } from '../../core/personal-data.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { topicsOf } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'
import { type PageFrom, type RecordPage, readPage, readRanges } from './record-ranges.ts'
import { type RecordView, type RecordViewer, recordViewer } from './record-view.ts'

/** What a page shows. `key` and `text` are looked for in what is shown, so that what is masked is not found. */
export type RecordsRequest = {
  readonly from: PageFrom
  readonly partition: number | null
  readonly limit: number
  readonly key: string
  readonly text: string
}

/** A page of views. */
export type RecordsPage = Omit<RecordPage, 'records'> & { readonly records: readonly RecordView[] }

/**
 * A viewer of a topic's records: those of a pipeline, its dead letters, or any other. A field of a job's results is
 * personal that has the name of a tagged one.
 */
export function viewerOf(topic: string, pipelines: readonly Pipeline[], { registry }: Clients): RecordViewer {
  const isOf = ({ name }: { readonly name: string }) =>
    [name, deadLetterTopic(name), parkingTopic(name)].includes(topic)
  const owner = pipelines.find((pipeline) => topicsOf(pipeline).some(isOf))
  const schema = owner && topicsOf(owner).find(isOf)?.schema
  if (!owner || !schema) return recordViewer(null, registry)
  return recordViewer(owner.analytics?.some(isOf) ? tagged(schema, personalNames(owner)) : schema, registry)
}

/** A page of a topic. Fails with TOPIC_UNKNOWN or KAFKA_UNAVAILABLE. */
export async function recordsPage(
  topic: string,
  { key, text, ...request }: RecordsRequest,
  view: RecordViewer,
  clients: Clients,
): Promise<RecordsPage> {
  await expectTopic(topic, clients)
  const views = new Map<TopicRecord, RecordView>()
  const viewed = async (record: TopicRecord) => {
    const known = views.get(record) ?? (await view(record, false))
    views.set(record, known)
    return known
  }
  const matches = async (record: TopicRecord) => {
    if (key === '' && text === '') return true
    const shown = await viewed(record)
    return (shown.key ?? '').includes(key) && (text === '' || searchable(shown).includes(text.toLowerCase()))
  }
  const page = await readPage(topic, { ...request, matches }, clients)
  return { ...page, records: await Promise.all(page.records.map(viewed)) }
}

/** One record. Fails with ARGUMENT_INVALID when nothing stands there. */
export async function recordAt(position: RecordPosition, clients: Clients): Promise<TopicRecord> {
  const { topic, partition, offset } = position
  await expectTopic(topic, clients)
  const { start, end } = await offsetBounds(clients.admin, topic)
  const [first, last] = [start.get(partition) ?? 0, end.get(partition) ?? 0]
  const isThere = offset >= first && offset < last
  const range = new Map([[partition, { from: offset, to: offset + 1 }]])
  const [record] = isThere ? await readRanges(topic, range, clients, Date.now() + 10_000) : []
  if (record) return record
  const held = first === last ? 'is empty' : `holds offsets ${first} to ${last - 1}`
  throw new SluiceError(
    'ARGUMENT_INVALID',
    `there is no record ${formatPosition(position)}: partition ${partition} of ${topic} ${held}`,
  )
}

/** What came in since the last look, newest last. */
export type Tail = {
  readonly records: readonly RecordView[]
  /** How many came besides that are not shown. */
  readonly skipped: number
  /** Where to go on. */
  readonly next: PartitionOffsets
}

const tailPauseMs = 250
/** Most that are decoded and shown of one look: 200 a second, more than anybody reads. */
const mostOfTail = 50

/**
 * What comes in on a topic from `from` on, or from now on, each 250 ms, until the signal aborts. Where more comes than
 * can be read, the latest are shown and the others counted. Fails with TOPIC_UNKNOWN or KAFKA_UNAVAILABLE.
 */
export async function* tailTopic(
  topic: string,
  from: PartitionOffsets | null,
  view: RecordViewer,
  clients: Clients,
  signal: AbortSignal,
): AsyncGenerator<Tail> {
  await expectTopic(topic, clients)
  const { start, end } = await offsetBounds(clients.admin, topic)
  const next = new Map(
    [...end].map(([p, last]) => [p, Math.max(start.get(p) ?? 0, Math.min(last, from?.get(p) ?? last))]),
  )
  let latest: TopicRecord[] = []
  let count = 0
  const reader = await readTopics(clients.kafka, new Map([[topic, new Map(next)]]), (record) => {
    latest.push(record)
    count += 1
    next.set(record.partition, record.offset + 1)
    if (latest.length > 2 * mostOfTail) latest = latest.slice(-mostOfTail)
  })
  try {
    yield { records: [], skipped: 0, next: new Map(next) }
    while (!signal.aborted) {
      await delay(tailPauseMs, null, { signal }).catch(() => {})
      if (count === 0) continue
      const shown = latest.slice(-mostOfTail)
      const taken = { skipped: count - shown.length, next: new Map(next) }
      latest = []
      count = 0
      yield { records: await Promise.all(shown.map((record) => view(record, false))), ...taken }
    }
  } finally {
    await reader.close()
  }
}

/** Fails with TOPIC_UNKNOWN unless the topic exists. */
export async function expectTopic(topic: string, { admin }: Clients): Promise<void> {
  if ((await kafkaAnswer('the topics', admin.listTopics())).includes(topic)) return
  throw new SluiceError('TOPIC_UNKNOWN', `topic ${topic} does not exist: see "npm run sluice -- topics"`)
}

function searchable({ value, headers }: RecordView): string {
  const shown = value.kind === 'decoded' ? JSON.stringify(value.value) : value.kind === 'text' ? value.text : ''
  return `${shown} ${headers.map(([name, text]) => `${name}=${text}`).join(' ')}`.toLowerCase()
}
