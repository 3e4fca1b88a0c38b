/**
 * Publishing one page: its values become records on the pipeline's topic or dead letters, with ledger entries before and after.
 */
import { randomBytes } from 'node:crypto'
import type { OutgoingRecord, ProducedPosition, RecordProducer } from '../connect/kafka-producer.ts'
import type { DriftCounter } from '../core/drift-report.ts'
import { SluiceError } from '../core/errors.ts'
import { headerNames } from '../core/headers.ts'
import { type PublishedRange, valueName } from '../core/ledger.ts'
import { deadLetterTopic } from '../core/names.ts'
import { type Pipeline, recordId } from '../core/pipeline.ts'
import { type PageClock, recordClock } from '../core/record-clock.ts'
import { fitting, maxDeadLetterBytes, recordBytes } from '../core/record-size.ts'
import { asRecordError, deadLetterHeaders } from './dead-letter.ts'
import type { RunLedger } from './ledger.ts'
import { fitted } from './source/fit.ts'
import type { TopicEncoder } from './topic-codec.ts'

/** Room for saying that a value was cut. */
const cutNoteBytes = 200

/** One for all runs of the process, so that a page never begins in the last millisecond of the one before it. */
const nextPage = recordClock()

type Outgoing = Value & { readonly record: OutgoingRecord }

/** A fetched value: its record's id, and its number among the values of its attempt. */
export type Value = { readonly id: string; readonly number: number }

/** A page that the ledger holds: what is to be produced of it. */
export type PreparedPage = { readonly records: readonly Outgoing[]; readonly deadLetters: readonly Outgoing[] }

/** What a page became. */
export type PublishedPage = { readonly published: number; readonly deadLettered: number }

/** What publishing needs. */
export type Publisher = {
  readonly pipeline: Pipeline
  readonly runId: string
  readonly attempt: string
  readonly encoder: TopicEncoder
  readonly producer: RecordProducer
  readonly ledger: RunLedger
  readonly drift: DriftCounter
}

/**
 * Makes records and dead letters of the values of a page, the first of which has that number in the attempt, and has the
 * ledger hold their ids: what is not published, the run owes.
 */
export async function preparePage(
  publisher: Publisher,
  values: readonly unknown[],
  firstNumber: number,
): Promise<PreparedPage> {
  const records: Outgoing[] = []
  const deadLetters: Outgoing[] = []
  const timeOf = nextPage()
  const { attempt, ledger, runId } = publisher
  const trace = traceParent()
  const recordIds: string[] = []
  for (const [index, value] of values.entries()) {
    const number = firstNumber + index
    const headers = {
      [headerNames.run]: runId,
      [headerNames.value]: valueName(attempt, number),
      [headerNames.trace]: trace,
    }
    try {
      const { id, record } = await toRecord(publisher, value, number, headers, timeOf)
      records.push({ id, number, record })
      recordIds.push(id)
    } catch (error) {
      const id = `value-${number}`
      deadLetters.push({ id, number, record: toDeadLetter(asRecordError(error), value, headers) })
      recordIds.push(id)
    }
  }
  if (values.length > 0) await ledger.saveFetched(runId, { attempt, firstNumber, recordIds })
  return { records, deadLetters }
}

/**
 * Publishes a page. Delivery guarantees: resolves after Kafka acknowledged every record and every dead letter and the
 * ledger holds their positions. Doing it again publishes them again, which later changes no row.
 */
export async function publishPage(
  publisher: Publisher,
  { records, deadLetters }: PreparedPage,
): Promise<PublishedPage> {
  const { topic } = publisher.pipeline
  await produce(publisher, topic.name, records)
  await produce(publisher, deadLetterTopic(topic.name), deadLetters)
  return { published: records.length, deadLettered: deadLetters.length }
}

async function toRecord(
  { pipeline, encoder, drift }: Publisher,
  fetched: unknown,
  number: number,
  headers: Record<string, string>,
  timeOf: PageClock,
): Promise<{ readonly id: string; readonly record: OutgoingRecord }> {
  const { value, kept } = await fitted(pipeline, fetched, (each, outcome) => drift.note(number, each, outcome))
  const record = pipeline.source.record(value, kept)
  const key = pipeline.topic.key(record)
  if (!key) throw new SluiceError('RECORD_KEY_MISSING', 'the record has no key')
  const outgoing = { key, value: encoder.encode(record), headers, timestamp: timeOf(key) }
  return { id: recordId(pipeline, record), record: fitting(outgoing, pipeline.topic.name) }
}

/** A value that never became a record: its JSON, as fetched, is the dead letter's value, cut where no topic takes it whole. */
function toDeadLetter(error: SluiceError, fetched: unknown, headers: Record<string, string>): OutgoingRecord {
  const value = Buffer.from(JSON.stringify(fetched) ?? 'null')
  const letter = (value: Buffer, error: SluiceError) => ({
    key: null,
    value,
    headers: { ...headers, ...deadLetterHeaders(error, 'ingest') },
    timestamp: Date.now(),
  })
  const whole = letter(value, error)
  const excess = recordBytes(whole) - maxDeadLetterBytes
  if (excess <= 0) return whole
  const kept = value.length - excess - cutNoteBytes
  const cut = new SluiceError(error.code, `${error.message}; of its ${value.length} bytes the first ${kept} are kept`)
  return letter(value.subarray(0, kept), cut)
}

async function produce({ producer, ledger, runId, attempt }: Publisher, topic: string, outgoing: readonly Outgoing[]) {
  const positions = await producer.send(
    topic,
    outgoing.map(({ record }) => record),
  )
  const ranges = publishedRanges(topic, positions, attempt, outgoing)
  await Promise.all(ranges.map((range) => ledger.savePublished(runId, range)))
}

/** The positions as ranges of consecutive offsets, in order per partition. Others may produce in between. */
export function publishedRanges(
  topic: string,
  positions: readonly ProducedPosition[],
  attempt: string,
  values: readonly Value[],
): PublishedRange[] {
  type Range = Pick<PublishedRange, 'partition' | 'firstOffset'> & { recordIds: string[]; numbers: number[] }
  const ranges: Range[] = []
  const latest = new Map<number, Range>()
  for (const [index, { partition, offset }] of positions.entries()) {
    let range = latest.get(partition)
    if (!range || range.firstOffset + range.recordIds.length !== offset) {
      range = { partition, firstOffset: offset, recordIds: [], numbers: [] }
      latest.set(partition, range)
      ranges.push(range)
    }
    const { id = '', number = -1 } = values[index] ?? {}
    range.recordIds.push(id)
    range.numbers.push(number)
  }
  return ranges.map((range) => ({ topic, attempt, ...range }))
}

/** A new W3C trace context: version, trace id, span id, sampled. */
function traceParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
}
