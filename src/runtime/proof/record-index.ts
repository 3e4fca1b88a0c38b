/**
 * What the topics say of one run's records: the records themselves, what was made from them, which were given up.
 * Not for judging: see evidence.ts.
 */
import type { TopicRecord } from '../../connect/kafka-reader.ts'
import { formatPosition, headerNames, headerText, type RecordPosition } from '../../core/headers.ts'
import { deadLetterTopic } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'

/** Records of a run by position. */
export type RecordIndex = {
  /** Takes a record from any of the pipeline's topics; one that does not belong to the run is let go. */
  add(record: TopicRecord): void
  /** The run's record at a position of the first topic. */
  source(position: RecordPosition): TopicRecord | undefined
  /** Its redriven copies on the first topic. */
  copies(position: RecordPosition): readonly TopicRecord[]
  /** The records made from it on the topic that the writer reads; where there is no process stage, it and its copies. */
  outputs(position: RecordPosition): readonly TopicRecord[]
  /** Whether a dead letter names the position. */
  isDeadLettered(position: RecordPosition): boolean
  /**
   * The records on the first topic that name the run and are at none of the given positions: an ingest that was cut off
   * published them, or Kafka took them twice, and the ledger does not know.
   */
  unlisted(): readonly TopicRecord[]
  /** The dead letters of the run's ingest, each a fetched value that never was a record. */
  ingestDeadLetters(): readonly TopicRecord[]
}

/** An index of a run's records: those at the given positions of the pipeline's first topic, and those that name the run. */
export function recordIndex(pipeline: Pipeline, positions: readonly RecordPosition[], runId: string): RecordIndex {
  const ofRun = new Set(positions.map(formatPosition))
  const unlisted = new Map<string, TopicRecord>()
  const sources = new Map<string, TopicRecord>()
  const copies = new Map<string, TopicRecord[]>()
  const outputs = new Map<string, TopicRecord[]>()
  const deadLettered = new Set<string>()
  const ingestDeadLetters: TopicRecord[] = []
  const deadLetterTopics = new Set([pipeline.topic.name, writtenTopic(pipeline).name].map(deadLetterTopic))

  const namesRun = ({ headers }: TopicRecord) => headerText(headers, headerNames.run) === runId
  const addByOrigin = (records: Map<string, TopicRecord[]>, record: TopicRecord) => {
    const origin = headerText(record.headers, headerNames.origin)
    if (origin && (ofRun.has(origin) || namesRun(record))) records.set(origin, [...(records.get(origin) ?? []), record])
  }

  return {
    add(record) {
      if (deadLetterTopics.has(record.topic)) {
        const origin = headerText(record.headers, headerNames.deadLetterOrigin)
        if (origin) deadLettered.add(origin)
        else if (namesRun(record)) ingestDeadLetters.push(record)
      } else if (record.topic === pipeline.topic.name) {
        const position = formatPosition(record)
        const isUnlisted = !ofRun.has(position) && namesRun(record) && !(headerNames.origin in record.headers)
        if (isUnlisted) unlisted.set(position, record)
        if (isUnlisted || ofRun.has(position)) sources.set(position, record)
        addByOrigin(copies, record)
      } else {
        addByOrigin(outputs, record)
      }
    },
    source: (position) => sources.get(formatPosition(position)),
    copies: (position) => copies.get(formatPosition(position)) ?? [],
    outputs(position) {
      const name = formatPosition(position)
      if (pipeline.process) return outputs.get(name) ?? []
      const record = sources.get(name)
      return [...(record ? [record] : []), ...(copies.get(name) ?? [])]
    },
    isDeadLettered: (position) => deadLettered.has(formatPosition(position)),
    unlisted: () => [...unlisted.values()],
    ingestDeadLetters: () => ingestDeadLetters,
  }
}
