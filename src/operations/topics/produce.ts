/**
 * Producing a record by hand, as the topic's schema wants it.
 */
import { createProducer, type ProducedPosition } from '../../connect/kafka-producer.ts'
import type { AvroRecord } from '../../core/avro-codec.ts'
import { SluiceError } from '../../core/errors.ts'
import type { RecordPosition } from '../../core/headers.ts'
import { headerNames } from '../../core/headers.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { fitting } from '../../core/record-size.ts'
import { topicsOf } from '../../core/topology.ts'
import { topicEncoder } from '../../runtime/topic-codec.ts'
import type { Clients } from '../clients.ts'

/** A record by hand; its key is what the pipeline makes of the value unless one is given. */
export type HandMade = { readonly key: string | null; readonly value: unknown }

/**
 * Produces a record onto a topic of a pipeline, and answers where it stands. It belongs to no run. Fails with
 * ARGUMENT_INVALID for another topic, RECORD_INVALID naming the field that does not fit, RECORD_TOO_LARGE,
 * SCHEMA_UNKNOWN or KAFKA_UNAVAILABLE.
 * Delivery guarantees: acknowledged by all replicas before it resolves; asked again, it is another record.
 */
export async function produceRecord(
  name: string,
  { key, value }: HandMade,
  pipelines: readonly Pipeline[],
  clients: Clients,
): Promise<RecordPosition> {
  const topics = pipelines.flatMap(topicsOf)
  const topic = topics.find((each) => each.name === name)
  if (!topic) {
    const names = topics.map((each) => each.name).join(', ')
    throw new SluiceError(
      'ARGUMENT_INVALID',
      `records can be produced onto topics of pipelines: ${names}, not "${name}"`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SluiceError('RECORD_INVALID', `the value is no JSON object, as schema ${topic.schema.name} wants it`)
  }
  const encoder = topicEncoder(topic, clients.registry)
  await encoder.prepare()
  const bytes = encoder.encode(value as AvroRecord)
  const headers = { [headerNames.producedAt]: String(Date.now()) }
  const record = { key: key ?? keyOf(topic.key, value as AvroRecord), value: bytes, timestamp: Date.now(), headers }
  const producer = createProducer(clients.kafka)
  try {
    const [position] = await producer.send(name, [fitting(record, name)])
    return { topic: name, ...(position as ProducedPosition) }
  } finally {
    await producer.disconnect()
  }
}

function keyOf(key: (record: AvroRecord) => string, value: AvroRecord): string {
  const made = key(value)
  if (typeof made === 'string' && made !== '') return made
  throw new SluiceError(
    'RECORD_INVALID',
    'the value gives the record no key: give one, or the field that it is made of',
  )
}
