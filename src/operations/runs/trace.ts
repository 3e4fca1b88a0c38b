/**
 * Tracing one record from end to end: its run, where it stood, which batches held it, and its row or its dead letter.
 */
import { readUntilNow, type TopicRecord } from '../../connect/kafka-reader.ts'
import { selectByKey } from '../../core/cql.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition, headerNames, headerText } from '../../core/headers.ts'
import { deadLetterTopic, keyspace } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'
import { keyColumns } from '../../core/table.ts'
import type { SchemaId } from '../../core/wire-format.ts'
import { type Ledger, ledgerOf, type Run } from '../../runtime/ledger.ts'
import { positionsOf, startingOffsets } from '../../runtime/proof/reconciliation.ts'
import { recordIndex } from '../../runtime/proof/record-index.ts'
import { decodedOrNull, topicDecoder } from '../../runtime/topic-codec.ts'
import type { Clients } from '../clients.ts'
import { schemaIdOf } from '../dead-letters/dead-letters-bytes.ts'
import { type Batch, batchesOf, pipelineLog } from '../logs/run-logs.ts'

/** A record on a topic, and the batches that held it; none where no function's log tells. */
export type TracedRecord = {
  readonly position: string
  readonly schemaId: SchemaId | null
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly batches: readonly Batch[]
}

/** What is known of a record; what is not is empty or null. */
export type Trace = {
  readonly pipeline: string
  readonly recordId: string
  readonly run: string
  /** The fetched value, `attempt/number`. */
  readonly value: string | null
  /** W3C trace context of the ingest. */
  readonly trace: string | null
  /** As first published; null past retention, and for a value that never became a record. */
  readonly source: TracedRecord | null
  /** What the process stage made of it; empty without such a stage. */
  readonly processed: readonly TracedRecord[]
  readonly rows: readonly { readonly table: string; readonly key: readonly unknown[]; readonly isPresent: boolean }[]
  readonly deadLetters: readonly { readonly position: string; readonly code: string; readonly reason: string }[]
}

/** How many of the latest runs are looked through. */
const latest = 1_000

/**
 * Traces the record of that id in a run, or in the latest run that published it. Fails with RECORD_UNKNOWN, and as
 * Kafka, Cassandra and the registry do.
 */
export async function trace(
  pipeline: Pipeline,
  recordId: string,
  runId: string | null,
  clients: Clients,
  aws: AwsEndpoint,
): Promise<Trace> {
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const { run, ranges } = await runOf(pipeline, ledger, recordId, runId)
  const own = ranges.flatMap((range) => positionsOf(range).filter((_, at) => range.recordIds[at] === recordId))
  const published = own.filter(({ topic }) => topic === pipeline.topic.name)
  const index = recordIndex(pipeline, published, run.id)
  const letters: TopicRecord[] = []
  const { from } = await startingOffsets(
    pipeline,
    run,
    ranges.filter(({ topic }) => topic === pipeline.topic.name),
    clients,
  )
  await readUntilNow(clients.kafka, from, (record) => {
    index.add(record)
    if (record.topic.endsWith(deadLetterTopic(''))) letters.push(record)
  })
  const position = published.at(-1)
  const source = position ? index.source(position) : undefined
  const outputs = position ? index.outputs(position) : []
  const log = await pipelineLog(aws, pipeline, run.startedAt)
  const traced = (record: TopicRecord): TracedRecord => ({
    position: formatPosition(record),
    schemaId: schemaIdOf(record.value),
    timestamp: record.timestamp,
    batches: batchesOf(log, record),
  })
  const standing = new Set([...published, ...outputs].map(formatPosition))
  const unpublished = new Set(own.filter(({ topic }) => topic !== pipeline.topic.name).map(formatPosition))
  const given = letters.filter(
    (letter) =>
      standing.has(headerText(letter.headers, headerNames.deadLetterOrigin) ?? '') ||
      unpublished.has(formatPosition(letter)),
  )
  const witness = source ?? given[0]
  return {
    pipeline: pipeline.name,
    recordId,
    run: run.id,
    value: witness ? headerText(witness.headers, headerNames.value) : null,
    trace: witness ? headerText(witness.headers, headerNames.trace) : null,
    source: source ? traced(source) : null,
    processed: pipeline.process ? outputs.map(traced) : [],
    rows: (await Promise.all(outputs.map((record) => rowsOf(pipeline, record, clients)))).flat(),
    deadLetters: given.map((letter) => ({
      position: formatPosition(letter),
      code: headerText(letter.headers, headerNames.deadLetterCode) ?? 'unknown',
      reason: headerText(letter.headers, headerNames.deadLetterReason) ?? 'unknown',
    })),
  }
}

/**
 * The first trace that a look at each pipeline in turn gives. Fails with RECORD_UNKNOWN, naming all that were looked at,
 * where there is none; any other failure ends the search.
 */
export async function traceAmong(
  pipelines: readonly Pipeline[],
  recordId: string,
  runId: string | null,
  look: (pipeline: Pipeline) => Promise<Trace>,
): Promise<Trace> {
  const refusals: SluiceError[] = []
  for (const pipeline of pipelines) {
    try {
      return await look(pipeline)
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'RECORD_UNKNOWN') throw error
      refusals.push(error)
    }
  }
  const [only] = refusals
  if (only && refusals.length === 1) throw only
  const names = pipelines.map(({ name }) => `"${name}"`).join(', ')
  const where = runId === null ? 'in any of the latest runs' : `in run "${runId}"`
  throw new SluiceError(
    'RECORD_UNKNOWN',
    `no record "${recordId}" was published ${where} of the pipelines ${names}: give the key of the record, or name an older run with --pipeline and --run`,
  )
}

async function runOf(pipeline: Pipeline, ledger: Ledger, recordId: string, runId: string | null) {
  const only = runId === null ? null : await ledger.run(runId)
  const runs: Run[] = runId === null ? await ledger.latestRuns(latest) : only ? [only] : []
  for (const run of runs) {
    const ranges = await ledger.published(run.id)
    if (ranges.some(({ recordIds }) => recordIds.includes(recordId))) return { run, ranges }
  }
  const where = runId === null ? `the latest ${runs.length} runs` : `run "${runId}"`
  throw new SluiceError(
    'RECORD_UNKNOWN',
    `${where} of pipeline "${pipeline.name}" published no record "${recordId}": give the key of the record, or the run with --run`,
  )
}

/** The rows that a record becomes, and whether each is there; none of what cannot be read. */
async function rowsOf(pipeline: Pipeline, { value }: TopicRecord, { cassandra, registry }: Clients) {
  const decoder = topicDecoder(writtenTopic(pipeline), registry)
  const decoded = await decodedOrNull(decoder, value)
  if (decoded === null) return []
  return Promise.all(
    pipeline.tables.flatMap((table) =>
      table.rows(decoded).map(async (row) => {
        const key = keyColumns(table).map((column) => row[column])
        const found = await cassandra.execute(selectByKey(keyspace, table), key)
        return { table: table.name, key, isPresent: found.first() !== null }
      }),
    ),
  )
}
