/**
 * Reconciling a run: walks every record that the ledger names through the pipeline and accounts for each.
 */
import { offsetBounds, offsetsSince, type PartitionOffsets } from '../connect/kafka-offsets.ts'
import { readTopics } from '../connect/kafka-reader.ts'
import { type Account, accountOf, type Fate, fateOf, type RecordEvidence } from '../core/accounting.ts'
import { SluiceError } from '../core/errors.ts'
import { headerNames, type RecordPosition } from '../core/headers.ts'
import type { PublishedRange } from '../core/ledger.ts'
import { deadLetterTopic } from '../core/names.ts'
import { type Pipeline, writtenTopic } from '../core/pipeline.ts'
import { ledgerOf, type Run } from '../runtime/ledger.ts'
import type { Clients } from './clients.ts'
import { evidenceSource, stageCommits } from './evidence.ts'
import { headerText, type RecordIndex, recordIndex } from './record-index.ts'

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
  close(): Promise<void>
}

/** Reconciles a run once; the latest where no id is given. Fails with RUN_UNKNOWN. */
export async function reconcile(pipeline: Pipeline, runId: string | null, clients: Clients): Promise<Proof> {
  const reconciliation = await openReconciliation(pipeline, runId ?? (await latestRun(pipeline, clients)), clients)
  try {
    return await reconciliation.check()
  } finally {
    await reconciliation.close()
  }
}

/** Starts observing a run that ended. Fails with RUN_UNKNOWN. */
export async function openReconciliation(pipeline: Pipeline, runId: string, clients: Clients): Promise<Reconciliation> {
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const run = await ledger.run(runId)
  if (!run) {
    throw new SluiceError(
      'RUN_UNKNOWN',
      `pipeline "${pipeline.name}" has no run "${runId}": see its runs in table sluice.runs`,
    )
  }
  const ranges = await ledger.published(runId)
  const onTopic = ranges.filter(({ topic }) => topic === pipeline.topic.name)
  const positions = onTopic.flatMap(positionsOf)
  const index = recordIndex(pipeline, positions)
  const { from, start } = await startingOffsets(pipeline, run, onTopic, clients)
  const reader = await readTopics(clients.kafka, from, (record) => index.add(record))
  const open = openPositions(positions)
  const evidence = evidenceSource(pipeline, clients, index)
  const ledgerEvidence = {
    fetched: run.fetched,
    publishedIds: onTopic.flatMap(({ recordIds }) => recordIds),
    deadLetters: ranges.filter(({ topic }) => topic !== pipeline.topic.name).flatMap(({ recordIds }) => recordIds)
      .length,
  }
  return {
    async check() {
      const commits = await stageCommits(pipeline, clients)
      await reader.catchUp()
      const fates = await open.update((positions) => evidence(positions, start, commits))
      const account = accountOf(ledgerEvidence, fates)
      return { pipeline: pipeline.name, run, account, processed: processHop(pipeline, index, positions) }
    },
    close: () => reader.close(),
  }
}

async function latestRun(pipeline: Pipeline, { cassandra }: Clients): Promise<string> {
  const [latest] = await ledgerOf(cassandra, pipeline.name).latestRuns(1)
  if (latest) return latest.id
  throw new SluiceError(
    'RUN_UNKNOWN',
    `pipeline "${pipeline.name}" has no run yet: start one with "sluice trigger ${pipeline.name}"`,
  )
}

function positionsOf({ topic, partition, firstOffset, recordIds }: PublishedRange): RecordPosition[] {
  return recordIds.map((_, index) => ({ topic, partition, offset: firstOffset + index }))
}

/** The first topic is read from the run's own offsets on; the others from the time of the run, which their records keep. */
async function startingOffsets(pipeline: Pipeline, run: Run, ranges: readonly PublishedRange[], { admin }: Clients) {
  const first = pipeline.topic.name
  const { start, end } = await offsetBounds(admin, first)
  const from = new Map<string, PartitionOffsets>([
    [
      first,
      new Map(
        [...end].map(([partition, offset]) => {
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
  return {
    async update(evidence: (open: readonly RecordPosition[]) => Promise<RecordEvidence[]>): Promise<Fate[]> {
      const fates = (await evidence(open)).map(fateOf)
      const isOpen = (fate: Fate | undefined) => fate === 'pending' || fate === 'unaccounted'
      settled.push(...fates.filter((fate) => !isOpen(fate)))
      open = open.filter((_, at) => isOpen(fates[at]))
      return [...settled, ...fates.filter(isOpen)]
    },
  }
}

/** How many records the process stage made something of, and from its first input to its last output. */
function processHop(pipeline: Pipeline, index: RecordIndex, positions: readonly RecordPosition[]): ProcessHop | null {
  if (!pipeline.process) return null
  let began = Number.POSITIVE_INFINITY
  let ended = Number.NEGATIVE_INFINITY
  let records = 0
  for (const position of positions) {
    began = Math.min(began, index.source(position)?.timestamp ?? began)
    const outputs = index.outputs(position)
    if (outputs.length > 0) records++
    for (const output of outputs) ended = Math.max(ended, Number(headerText(output, headerNames.producedAt) ?? ended))
  }
  return { records, ms: Number.isFinite(ended - began) ? ended - began : null }
}
