/**
 * What the topics say of one run's records: the records themselves, what was made from them, which were given up.
 * Not for judging: see evidence.ts.
 */
import type { TopicRecord } from '../connect/kafka-reader.ts'
import { formatPosition, headerNames, type RecordPosition } from '../core/headers.ts'
import { deadLetterTopic } from '../core/names.ts'
import { type Pipeline, writtenTopic } from '../core/pipeline.ts'

/** Records of a run by position. */
export type RecordIndex = {
  /** Takes a record from any of the pipeline's topics; one that does not belong to the run is let go. */
  add(record: TopicRecord): void
  /** The run's record at a position of the first topic. */
  source(position: RecordPosition): TopicRecord | undefined
  /** The records made from it on the topic that the writer reads; the record itself where there is no process stage. */
  outputs(position: RecordPosition): readonly TopicRecord[]
  /** Whether a dead letter names the position. */
  isDeadLettered(position: RecordPosition): boolean
}

/** An index of the run's records at the given positions of the pipeline's first topic. */
export function recordIndex(pipeline: Pipeline, positions: readonly RecordPosition[]): RecordIndex {
  const ofRun = new Set(positions.map(formatPosition))
  const sources = new Map<string, TopicRecord>()
  const outputs = new Map<string, TopicRecord[]>()
  const deadLettered = new Set<string>()
  const deadLetterTopics = new Set([pipeline.topic.name, writtenTopic(pipeline).name].map(deadLetterTopic))

  return {
    add(record) {
      if (deadLetterTopics.has(record.topic)) {
        const origin = headerText(record, headerNames.deadLetterOrigin)
        if (origin) deadLettered.add(origin)
      } else if (record.topic === pipeline.topic.name) {
        const position = formatPosition(record)
        if (ofRun.has(position)) sources.set(position, record)
      } else {
        const origin = headerText(record, headerNames.origin)
        if (origin && ofRun.has(origin)) outputs.set(origin, [...(outputs.get(origin) ?? []), record])
      }
    },
    source: (position) => sources.get(formatPosition(position)),
    outputs(position) {
      if (pipeline.process) return outputs.get(formatPosition(position)) ?? []
      const record = sources.get(formatPosition(position))
      return record ? [record] : []
    },
    isDeadLettered: (position) => deadLettered.has(formatPosition(position)),
  }
}

/** The text of a header; null where the record has none. A repeated header gives its last value. */
export function headerText({ headers }: TopicRecord, name: string): string | null {
  const value = [headers[name]].flat().at(-1)
  return value === undefined ? null : value.toString()
}
