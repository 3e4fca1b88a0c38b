/**
 * Reconciling a run: walks every record that the ledger names through the pipeline and accounts for each.
 */
import { offsetBounds, offsetsSince, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import { readTopics, type TopicRecord } from '../../connect/kafka-reader.ts'
import {
  type Account,
  type Attempt,
  accountOf,
  type Fate,
  fateOf,
  idsByValue,
  type RecordEvidence,
  type RunEvidence,
} from '../../core/accounting.ts'
import { formatPosition, headerNames, headerText, type RecordPosition } from '../../core/headers.ts'
import { attemptNumber, type FetchedPage, type PublishedRange, valueName } from '../../core/ledger.ts'
import { deadLetterTopic } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'
import { ledgerOf, type Run, runUnknown } from '../ledger.ts'
import type { ProofClients } from './clients.ts'
import { evidenceSource, stageCommits } from './evidence.ts'
import { type RecordIndex, recordIndex } from './record-index.ts'

/** What the process stage has done for a run so far: records it made something of, and the ms it took; null before the first. */
export type ProcessHop = { readonly records: number; readonly ms: number | null }

/** The proof of a run. */
export type Proof = {
  readonly pipeline: string
  readonly run: Run
  readonly account: Account
  /** Null where the pipeline has no process stage. */
  readonly processed: ProcessHop | null
}

/** A run under observation. */
export type Reconciliation = {
  /** The proof as of now. Fates once settled are kept, so that later calls cost less. Fails with KAFKA_UNAVAILABLE. */
  check(): Promise<Proof>
  /** Whether the run ended and no record of the last proof can change its fate any more. */
  isFinal(): boolean
  close(): Promise<void>
}

/** Reconciles a run once. Fails with RUN_UNKNOWN. */
export async function reconcileRun(pipeline: Pipeline, runId: string, clients: ProofClients): Promise<Proof> {
  const reconciliation = await openReconciliation(pipeline, runId, clients)
  try {
    return await reconciliation.check()
  } finally {
    await reconciliation.close()
  }
}

/**
 * Starts observing a run. What the topic holds of it counts as published, whether or not the ledger came to know: an
 * ingest can be cut off between the two, and its run then stays `running`. Fails with RUN_UNKNOWN.
 */
export async function openReconciliation(
  pipeline: Pipeline,
  runId: string,
  clients: ProofClients,
): Promise<Reconciliation> {
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const found = await ledger.run(runId)
  if (!found) throw runUnknown(pipeline.name, runId)
  let run: Run = found
  let attempts = attemptsOf(run, await ledger.fetched(runId))
  const ranges = await ledger.published(runId)
  const onTopic = ranges.filter(({ topic }) => topic === pipeline.topic.name)
  const listed = onTopic.flatMap(positionsOf)
  const index = recordIndex(pipeline, listed, runId)
  const { from, start } = await startingOffsets(pipeline, run, onTopic, clients)
  const reader = await readTopics(clients.kafka, from, (record) => index.add(record))
  const open = openPositions(listed)
  const evidence = evidenceSource(pipeline, clients, index)
  const listedIds = onTopic.flatMap(({ recordIds }) => recordIds)
  const listedValues = onTopic.flatMap(valuesOf)
  const listedDeadLetters = ranges.filter(({ topic }) => topic !== pipeline.topic.name).flatMap(valuesOf)
  const runEvidence = (unlisted: readonly TopicRecord[]): RunEvidence => ({
    hasEnded: run.state !== 'running',
    attempts,
    publishedIds: [...listedIds, ...unlistedIds(unlisted, attempts)],
    published: [...listedValues, ...unlisted.map(valueMadeFrom)],
    deadLettered: [...listedDeadLetters, ...index.ingestDeadLetters().map(valueMadeFrom)],
  })
  return {
    async check() {
      // Before the topics, so that nothing looks lost that is only on its way.
      if (run.state !== 'succeeded') {
        run = (await ledger.run(runId)) ?? run
        attempts = attemptsOf(run, await ledger.fetched(runId))
      }
      const commits = await stageCommits(pipeline, clients)
      await reader.catchUp()
      const unlisted = index.unlisted()
      open.extendTo([...listed, ...unlisted])
      const fates = await open.update((positions) => evidence(positions, start, commits))
      const account = accountOf(runEvidence(unlisted), fates)
      const processed = processHop(pipeline, index, [...listed, ...unlisted])
      return { pipeline: pipeline.name, run, account, processed }
    },
    isFinal: () => run.state !== 'running' && open.isEmpty(),
    close: () => reader.close(),
  }
}

/** What each attempt fetched. Pages come in the order of their numbers. */
function attemptsOf({ succeededAttempt }: Run, pages: readonly FetchedPage[]): Attempt[] {
  return [...Map.groupBy(pages, ({ attempt }) => attempt)].map(([name, ofAttempt]) => ({
    name,
    recordIds: ofAttempt.flatMap(({ recordIds }) => recordIds),
    isSuperseded: attemptNumber(name) < (succeededAttempt ?? 0),
  }))
}

function valuesOf({ attempt, numbers }: PublishedRange): string[] {
  return numbers.map((number) => valueName(attempt, number))
}

/** The value that a record was made from; one that does not say so stands for itself. */
/** Their ids are in the ledger all the same, which has those of all fetched values before any is published. */
function unlistedIds(unlisted: readonly TopicRecord[], attempts: readonly Attempt[]): string[] {
  if (unlisted.length === 0) return []
  const ids = idsByValue(attempts)
  return unlisted.map((record) => ids.get(valueMadeFrom(record)) ?? formatPosition(record))
}

function valueMadeFrom(record: TopicRecord): string {
  return headerText(record.headers, headerNames.value) ?? formatPosition(record)
}

/** Where each record of a range stands. */
export function positionsOf({ topic, partition, firstOffset, recordIds }: PublishedRange): RecordPosition[] {
  return recordIds.map((_, index) => ({ topic, partition, offset: firstOffset + index }))
}

/** The topics are read from the time of the run on, which all their records keep; the first from the run's own offsets, if these are lower. */
export async function startingOffsets(
  pipeline: Pipeline,
  run: Run,
  ranges: readonly PublishedRange[],
  { admin }: ProofClients,
) {
  const first = pipeline.topic.name
  const [{ start }, since] = await Promise.all([offsetBounds(admin, first), offsetsSince(admin, first, run.startedAt)])
  const from = new Map<string, PartitionOffsets>([
    [
      first,
      new Map(
        [...since].map(([partition, offset]) => {
          const offsets = ranges.filter((range) => range.partition === partition).map((range) => range.firstOffset)
          return [partition, Math.max(start.get(partition) ?? 0, Math.min(offset, ...offsets))]
        }),
      ),
    ],
  ])
  const others = new Set([writtenTopic(pipeline).name, ...[first, writtenTopic(pipeline).name].map(deadLetterTopic)])
  others.delete(first)
  for (const topic of others) from.set(topic, await offsetsSince(admin, topic, run.startedAt))
  return { from, start }
}

/** Keeps the fate of records that cannot change any more, and asks for evidence of the rest only. */
function openPositions(positions: readonly RecordPosition[]) {
  const settled: Fate[] = []
  let open = positions
  let known = positions.length
  return {
    /** All positions known now: the ones known before, then new ones. */
    extendTo(all: readonly RecordPosition[]) {
      open = [...open, ...all.slice(known)]
      known = all.length
    },
    isEmpty: () => open.length === 0,
    async update(evidence: (open: readonly RecordPosition[]) => Promise<RecordEvidence[]>): Promise<Fate[]> {
      const fates = (await evidence(open)).map(fateOf)
      const isOpen = (fate: Fate | undefined) => fate === 'pending' || fate === 'unaccounted'
      settled.push(...fates.filter((fate) => !isOpen(fate)))
      open = open.filter((_, at) => isOpen(fates[at]))
      return [...settled, ...fates.filter(isOpen)]
    },
  }
}

/** How many records the process stage made something of, and from its first input to its last output; what was made again, as by a replay, does not count. */
function processHop(pipeline: Pipeline, index: RecordIndex, positions: readonly RecordPosition[]): ProcessHop | null {
  if (!pipeline.process) return null
  let began = Number.POSITIVE_INFINITY
  let ended = Number.NEGATIVE_INFINITY
  let records = 0
  for (const position of positions) {
    began = Math.min(began, index.source(position)?.timestamp ?? began)
    const outputs = index.outputs(position)
    if (outputs.length > 0) records++
    const produced = outputs.map(({ headers }) => Number(headerText(headers, headerNames.producedAt) ?? Number.NaN))
    const first = Math.min(...produced.filter((at) => !Number.isNaN(at)))
    if (Number.isFinite(first)) ended = Math.max(ended, first)
  }
  return { records, ms: Number.isFinite(ended - began) ? ended - began : null }
}
