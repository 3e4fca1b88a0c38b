/**
 * Publishing one page: its values become records on the pipeline's topic or dead letters, then ledger entries.
 */
import { randomBytes } from 'node:crypto'
import type { OutgoingRecord, ProducedPosition, RecordProducer } from '../connect/kafka-producer.ts'
import { SluiceError } from '../core/errors.ts'
import { headerNames } from '../core/headers.ts'
import type { PublishedRange } from '../core/ledger.ts'
import { deadLetterTopic } from '../core/names.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { type PageClock, recordClock } from '../core/record-clock.ts'
import { fitting, maxDeadLetterBytes, recordBytes } from '../core/record-size.ts'
import { asRecordError, deadLetterHeaders } from './dead-letter.ts'
import type { Ledger } from './ledger.ts'
import { pathOf } from './source-client.ts'
import type { TopicCodec } from './topic-codec.ts'

/** Room for saying that a value was cut. */
const cutNoteBytes = 200

/** One for all runs of the process, so that a page never begins in the last millisecond of the one before it. */
const nextPage = recordClock()

type Outgoing = { readonly id: string; readonly record: OutgoingRecord }

/** What a page became. */
export type PublishedPage = { readonly published: number; readonly deadLettered: number }

/** What publishing needs. */
export type Publisher = {
  readonly pipeline: Pipeline
  readonly runId: string
  readonly codec: TopicCodec
  readonly producer: RecordProducer
  readonly ledger: Ledger
}

/**
 * Publishes the values of a page. Delivery guarantees: resolves after Kafka acknowledged every record and every dead
 * letter and the ledger holds their positions. Doing it again publishes them again, which later changes no row.
 */
export async function publishPage(publisher: Publisher, values: readonly unknown[]): Promise<PublishedPage> {
  const records: Outgoing[] = []
  const deadLetters: Outgoing[] = []
  const timeOf = nextPage()
  const headers = { [headerNames.run]: publisher.runId, [headerNames.trace]: traceParent() }
  for (const [index, value] of values.entries()) {
    try {
      records.push(await toRecord(publisher, value, headers, timeOf))
    } catch (error) {
      deadLetters.push(toDeadLetter(asRecordError(error), value, `value-${index}`, headers))
    }
  }
  const { topic } = publisher.pipeline
  await produce(publisher, topic.name, records)
  await produce(publisher, deadLetterTopic(topic.name), deadLetters)
  return { published: records.length, deadLettered: deadLetters.length }
}

async function toRecord(
  { pipeline, codec }: Publisher,
  value: unknown,
  headers: Record<string, string>,
  timeOf: PageClock,
): Promise<Outgoing> {
  const checked = await pipeline.source.value['~standard'].validate(value)
  if (checked.issues) {
    const field = pathOf(checked.issues[0]) || '(value)'
    throw new SluiceError('VALUE_INVALID', `the fetched value does not fit at "${field}"`)
  }
  const record = pipeline.source.record(checked.value)
  const key = pipeline.topic.key(record)
  if (!key) throw new SluiceError('RECORD_KEY_MISSING', 'the record has no key')
  const made = { key, value: codec.encode(record), headers, timestamp: timeOf(key) }
  return { id: key, record: fitting(made, pipeline.topic.name) }
}

/** A value that never became a record: its JSON, as fetched, is the dead letter's value, cut where no topic takes it whole. */
function toDeadLetter(error: SluiceError, fetched: unknown, id: string, headers: Record<string, string>): Outgoing {
  const value = Buffer.from(JSON.stringify(fetched) ?? 'null')
  const letter = (value: Buffer, error: SluiceError) => ({
    key: null,
    value,
    headers: { ...headers, ...deadLetterHeaders(error, 'ingest') },
    timestamp: Date.now(),
  })
  const whole = letter(value, error)
  const excess = recordBytes(whole) - maxDeadLetterBytes
  if (excess <= 0) return { id, record: whole }
  const kept = value.length - excess - cutNoteBytes
  const cut = new SluiceError(error.code, `${error.message}; of its ${value.length} bytes the first ${kept} are kept`)
  return { id, record: letter(value.subarray(0, kept), cut) }
}

async function produce({ producer, ledger, runId }: Publisher, topic: string, outgoing: readonly Outgoing[]) {
  const positions = await producer.send(
    topic,
    outgoing.map(({ record }) => record),
  )
  const ids = outgoing.map(({ id }) => id)
  await Promise.all(publishedRanges(topic, positions, ids).map((range) => ledger.savePublished(runId, range)))
}

/** The positions as ranges of consecutive offsets, in order per partition. Others may produce in between. */
export function publishedRanges(
  topic: string,
  positions: readonly ProducedPosition[],
  recordIds: readonly string[],
): PublishedRange[] {
  type Range = { readonly partition: number; readonly firstOffset: number; readonly recordIds: string[] }
  const ranges: Range[] = []
  const latest = new Map<number, Range>()
  for (const [index, { partition, offset }] of positions.entries()) {
    let range = latest.get(partition)
    if (!range || range.firstOffset + range.recordIds.length !== offset) {
      range = { partition, firstOffset: offset, recordIds: [] }
      latest.set(partition, range)
      ranges.push(range)
    }
    range.recordIds.push(recordIds[index] ?? '')
  }
  return ranges.map((range) => ({ topic, ...range }))
}

/** A new W3C trace context: version, trace id, span id, sampled. */
function traceParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
}
