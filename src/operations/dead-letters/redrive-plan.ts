/**
 * What a redrive does with each dead letter, and the records that it sends. Pure.
 * Not for reading or sending them: see redrive.ts.
 */
import type { OutgoingRecord } from '../../connect/kafka-producer.ts'
import type { TopicRecord } from '../../connect/kafka-reader.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition, headerNames, headerText, parsePosition } from '../../core/headers.ts'
import { deadLetterTopic } from '../../core/names.ts'
import { fitting, maxRecordBytes } from '../../core/record-size.ts'
import type { DeadLetter } from './dead-letter.ts'
import { definedHeaders, describeDeadLetter } from './dead-letters.ts'

/** Redriven so often in vain, a dead letter is parked instead. */
export const redriveLimit = 3

/** Which dead letters of a topic: one, or all, of one code where that is given. */
export type Selection =
  | { readonly partition: number; readonly offset: number }
  | { readonly all: true; readonly code: string | null }

/** What is done with a dead letter. `reason` says why in words. */
export type RedriveStep = {
  readonly letter: DeadLetter
  readonly action: 'redrive' | 'park' | 'skip' | 'refuse'
  readonly reason: string
}

/** What is done with each of a topic's dead letters that the selection takes in, in their order. */
export function redrivePlan(topic: string, letters: readonly DeadLetter[], selection: Selection): RedriveStep[] {
  return letters.filter((letter) => isSelected(letter, selection)).map((letter) => stepOf(topic, letter))
}

/**
 * A step whose record, with the headers that a redrive adds, is more than its topic takes, is refused instead; others
 * stay as they are. `record` is the dead letter of the step.
 */
export function fittingStep(step: RedriveStep, record: TopicRecord, topic: string, firstTopic: string): RedriveStep {
  try {
    fitting(redrivenRecord(record, firstTopic), topic)
    return step
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { ...step, action: 'refuse', reason: error.message }
  }
}

/** Whether a redrive may make a record of the step that its topic does not take: it adds less than 1 KiB of headers. */
export function isNearLimit({ action, letter }: RedriveStep): boolean {
  return action === 'redrive' && letter.wholeBytes > maxRecordBytes - 1_024
}

function isSelected({ position, code }: DeadLetter, selection: Selection): boolean {
  if ('all' in selection) return selection.code === null || selection.code === code
  return position.partition === selection.partition && position.offset === selection.offset
}

function stepOf(topic: string, letter: DeadLetter): RedriveStep {
  const { state, sentTo, origin, redrives } = letter
  if (sentTo) return { letter, action: 'skip', reason: `${state} already as ${formatPosition(sentTo)}` }
  if (state === 'repeated') {
    return { letter, action: 'skip', reason: 'a later dead letter stands for the same record' }
  }
  if (origin === null) {
    const reason =
      'it is a fetched value that never was a record: mend the source or the pipeline, and a run that fetches it again publishes it'
    return { letter, action: 'refuse', reason }
  }
  if (origin.topic !== topic) {
    return { letter, action: 'refuse', reason: `the record that was given up stood on topic ${origin.topic}` }
  }
  if (redrives >= redriveLimit) return { letter, action: 'park', reason: `redriven ${redrives} times in vain` }
  return { letter, action: 'redrive', reason: `redrive ${redrives + 1} of ${redriveLimit}` }
}

/**
 * The record that was given up, as it is sent back to its partition: key, value, time and headers as they were, without
 * those of the dead letter. It names the record as first published, from which accounting and write time follow, and
 * the dead letter, so that nobody sends it twice. `firstTopic` is the pipeline's.
 */
export function redrivenRecord(record: TopicRecord, firstTopic: string): OutgoingRecord {
  const { origin, redrives, position } = describeDeadLetter(record)
  if (origin === null) throw new Error('a dead letter without origin cannot be redriven')
  const first = parsePosition(headerText(record.headers, headerNames.origin) ?? '')
  const kept = Object.entries(definedHeaders(record)).filter(([name]) => !deadLetterHeaderNames.has(name))
  return {
    key: record.key,
    value: record.value,
    timestamp: record.timestamp,
    partition: origin.partition,
    headers: {
      ...Object.fromEntries(kept),
      [headerNames.origin]: formatPosition(first?.topic === firstTopic ? first : origin),
      [headerNames.redrives]: String(redrives + 1),
      [headerNames.redrivenFrom]: formatPosition(position),
    },
  }
}

/** A dead letter as it is parked: as it is, with its own position. */
export function parkedRecord(record: TopicRecord): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    timestamp: record.timestamp,
    headers: { ...definedHeaders(record), [headerNames.redrivenFrom]: formatPosition(record) },
  }
}

/** The topic that an operator means: its own name, or that of its dead letters; null when there is none. */
export function namedTopic(topics: readonly string[], name: string): string | null {
  return topics.find((topic) => name === topic || name === deadLetterTopic(topic)) ?? null
}

const deadLetterHeaderNames: ReadonlySet<string> = new Set([
  headerNames.deadLetterOrigin,
  headerNames.deadLetterCode,
  headerNames.deadLetterReason,
  headerNames.deadLetterStage,
])
