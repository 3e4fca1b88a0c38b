/**
 * Filling the topic, and one record at a time.
 */
import type { Producer } from 'kafkajs'
import { avroEncoder } from '../src/core/avro-codec.ts'
import { frame, type SchemaId } from '../src/core/wire-format.ts'
import { pipeline, userAt } from './workload.ts'

const { topic } = pipeline
const encoder = avroEncoder(topic.schema)
const chunk = 2_000

/** The record of that number. Partitions are taken in turn, so that all hold the same number. */
export function recordAt(number: number, schemaId: SchemaId) {
  const user = userAt(number)
  return { partition: number % topic.partitions, key: user.id, value: frame(schemaId, encoder.encode(user)) }
}

/** Produces records `from` to `to`, exclusively; resolves when all are acknowledged. */
export async function produce(producer: Producer, schemaId: SchemaId, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += chunk) {
    const length = Math.min(chunk, to - start)
    const messages = Array.from({ length }, (_, index) => recordAt(start + index, schemaId))
    await producer.send({ topic: topic.name, messages })
  }
}
