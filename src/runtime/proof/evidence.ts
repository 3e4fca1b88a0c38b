/**
 * The evidence of what became of each record of a run, from topics, consumer groups and tables.
 * Not for judging it: see src/core/accounting.ts.
 */
import { committedOffsets, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import type { TopicRecord } from '../../connect/kafka-reader.ts'
import type { RecordEvidence, WrittenEvidence } from '../../core/accounting.ts'
import type { AvroRecord } from '../../core/avro-codec.ts'
import type { RecordPosition } from '../../core/headers.ts'
import { consumerGroup } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'
import { decodedOrNull, topicDecoder } from '../topic-codec.ts'
import type { ProofClients } from './clients.ts'
import type { RecordIndex } from './record-index.ts'
import { checkRows } from './row-check.ts'

/** What each stage's group has committed on the topic that it reads; null for a stage that the pipeline does not have. */
export type StageCommits = { readonly process: PartitionOffsets | null; readonly write: PartitionOffsets }

/** Gathers evidence for records at positions of the pipeline's first topic, whose log starts at `start`, in their order. */
export type EvidenceSource = (
  positions: readonly RecordPosition[],
  start: PartitionOffsets,
  commits: StageCommits,
) => Promise<RecordEvidence[]>

/**
 * What the stages have committed now. To be read before the topics are: whatever a stage made of a record is in its
 * topic before the record is committed, and so nothing looks lost that is only on its way.
 */
export async function stageCommits(pipeline: Pipeline, { admin }: ProofClients): Promise<StageCommits> {
  const { name, process, topic } = pipeline
  const [processed, written] = await Promise.all([
    process ? committedOffsets(admin, consumerGroup(name, 'process'), topic.name) : null,
    committedOffsets(admin, consumerGroup(name, 'write'), writtenTopic(pipeline).name),
  ])
  return { process: processed, write: written }
}

/** Evidence of a pipeline's records as the index and the tables have it at the time of the call. */
export function evidenceSource(
  pipeline: Pipeline,
  { cassandra, registry }: ProofClients,
  index: RecordIndex,
): EvidenceSource {
  const input = topicDecoder(pipeline.topic, registry)
  const output = topicDecoder(writtenTopic(pipeline), registry)

  return async (positions, start, commits) => {
    const outputs = positions.map((position) => index.outputs(position))
    const written = await writtenEvidence(outputs.flat(), commits.write)
    return Promise.all(
      positions.map(async (position, at) => {
        const record = index.source(position)
        const copies = index.copies(position)
        const made = outputs[at] ?? []
        const standing = [position, ...copies]
        const { process } = commits
        const committed = process === null || standing.every((each) => isCommitted(process, each))
        // Only the latest copy can be filtered: whatever came before it is a dead letter.
        const latest = copies.at(-1) ?? record
        return {
          expired: record === undefined && position.offset < (start.get(position.partition) ?? 0),
          deadLettered: standing.every(index.isDeadLettered),
          committed,
          filtered: committed && made.length === 0 && latest !== undefined && (await isFiltered(latest)),
          outputs: made.map((each) => written.get(each) as WrittenEvidence),
          // What is made of a record keeps its time.
          outputsExpired: latest !== undefined && isPast(latest.timestamp, writtenTopic(pipeline).retentionMs),
        }
      }),
    )
  }

  /** A dead letter is not asked for: the pipeline's own code may fail on it. */
  async function isFiltered(record: TopicRecord): Promise<boolean> {
    if (index.isDeadLettered(record)) return false
    const value = await decodedOrNull(input, record.value)
    return value !== null && pipeline.process?.apply(value, []) === null
  }

  async function writtenEvidence(records: readonly TopicRecord[], committed: PartitionOffsets) {
    const readable: { record: TopicRecord; value: AvroRecord }[] = []
    for (const record of records) {
      // Until the group commits past it a record is pending, whatever the tables say: no use in reading them. And what
      // was given up may have a key that no table can even be asked for.
      if (!isCommitted(committed, record) || index.isDeadLettered(record)) continue
      const value = await decodedOrNull(output, record.value)
      if (value) readable.push({ record, value })
    }
    const checks = await checkRows(cassandra, pipeline, readable)
    const checkOf = new Map(readable.map(({ record }, at) => [record, checks[at]]))
    return new Map(
      records.map((record): [TopicRecord, WrittenEvidence] => {
        const check = checkOf.get(record)
        return [
          record,
          {
            rowsPresent: check?.present ?? false,
            rowless: check?.rows === 0,
            deadLettered: index.isDeadLettered(record),
            committed: isCommitted(committed, record),
            expired: pipeline.tables.some(
              ({ ttlSeconds }) => ttlSeconds !== null && isPast(record.timestamp, ttlSeconds * 1000),
            ),
          },
        ]
      }),
    )
  }
}

function isCommitted(offsets: PartitionOffsets, { partition, offset }: RecordPosition): boolean {
  return (offsets.get(partition) ?? 0) > offset
}

function isPast(timestampMs: number, keptMs: number): boolean {
  return Date.now() > timestampMs + keptMs
}
