/**
 * Redrive: dead letters are sent back to the topic whose record was given up, or parked after three times in vain.
 */
import { createProducer, type OutgoingRecord } from '../../connect/kafka-producer.ts'
import type { TopicRecord } from '../../connect/kafka-reader.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition } from '../../core/headers.ts'
import { parkingTopic } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { topicsOf } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'
import { deadLetterRecord, deadLetterRecords, deadLettersOf } from './dead-letters.ts'
import {
  fittingStep,
  isNearLimit,
  namedTopic,
  parkedRecord,
  type RedriveStep,
  redrivenRecord,
  redrivePlan,
  type Selection,
} from './redrive-plan.ts'

/** A topic of a pipeline. */
export type OwnedTopic = { readonly pipeline: Pipeline; readonly topic: string }

/** The topics of all pipelines in the order of the flow. */
export function ownedTopics(pipelines: readonly Pipeline[]): OwnedTopic[] {
  return pipelines.flatMap((pipeline) => topicsOf(pipeline).map(({ name }) => ({ pipeline, topic: name })))
}

/** The topic that an operator named, with or without `.dlt`. Fails with ARGUMENT_INVALID, naming those there are. */
export function findTopic(pipelines: readonly Pipeline[], name: string): OwnedTopic {
  const owned = ownedTopics(pipelines)
  const topics = owned.map(({ topic }) => topic)
  const topic = namedTopic(topics, name)
  const found = owned.find((each) => each.topic === topic)
  if (found) return found
  throw new SluiceError(
    'ARGUMENT_INVALID',
    `there is no topic "${name}" with dead letters: there are ${topics.join(', ')}`,
  )
}

/**
 * What a redrive of the selection does. Fails with DEAD_LETTER_UNKNOWN when nothing stands at the position, and with
 * REDRIVE_REFUSED when nothing but refused dead letters is selected.
 */
export async function planRedrive(owned: OwnedTopic, selection: Selection, clients: Clients): Promise<RedriveStep[]> {
  const { topic } = owned
  const plan = redrivePlan(topic, await deadLettersOf(topic, clients), selection)
  const steps = await withoutTooLarge(owned, plan, clients)
  if (steps.length === 0 && 'offset' in selection) await deadLetterRecord(topic, selection, clients)
  const [first] = steps
  if (first && steps.every(({ action }) => action === 'refuse')) {
    const which = steps.length === 1 ? formatPosition(first.letter.position) : `each of ${steps.length} dead letters`
    throw new SluiceError('REDRIVE_REFUSED', `${which} cannot be redriven: ${first.reason}`)
  }
  return steps
}

/** The steps, with those refused whose record would be larger than its topic takes. */
async function withoutTooLarge({ pipeline, topic }: OwnedTopic, steps: readonly RedriveStep[], clients: Clients) {
  const near = steps.filter(isNearLimit).map(({ letter }) => letter.position)
  const records = near.length > 0 ? await deadLetterRecords(topic, near, clients) : new Map<string, TopicRecord>()
  return steps.map((step) => {
    const record = records.get(formatPosition(step.letter.position))
    return record ? fittingStep(step, record, topic, pipeline.topic.name) : step
  })
}

/**
 * Sends what the plan redrives and parks; the number of records sent.
 * Delivery guarantees: at least once. The dead letters stay; each record that is sent names its dead letter, so that
 * a redrive that was killed is done again without those. Sent twice nevertheless, a record changes nothing: its write
 * time is that of the record as first published, and accounting takes both for one. Fails with KAFKA_UNAVAILABLE.
 */
export async function redrive(
  { pipeline, topic }: OwnedTopic,
  steps: readonly RedriveStep[],
  clients: Clients,
): Promise<number> {
  const due = steps.filter(({ action }) => action === 'redrive' || action === 'park')
  if (due.length === 0) return 0
  const positions = due.map(({ letter }) => letter.position)
  const records = await deadLetterRecords(topic, positions, clients)
  const toTopic: OutgoingRecord[] = []
  const toParking: OutgoingRecord[] = []
  for (const { action, letter } of due) {
    const record = records.get(formatPosition(letter.position))
    if (!record) continue
    if (action === 'redrive') toTopic.push(redrivenRecord(record, pipeline.topic.name))
    else toParking.push(parkedRecord(record))
  }
  const producer = createProducer(clients.kafka)
  try {
    for (const [name, outgoing] of [
      [topic, toTopic],
      [parkingTopic(topic), toParking],
    ] as const) {
      for (let at = 0; at < outgoing.length; at += chunk) await producer.send(name, outgoing.slice(at, at + chunk))
    }
  } finally {
    await producer.disconnect()
  }
  return toTopic.length + toParking.length
}

/** Records that one send is given time for. */
const chunk = 500
