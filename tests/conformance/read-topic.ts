/**
 * Reads messages of a topic beside the mappings.
 */

import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { readTopics, type TopicRecord } from '../../src/connect/kafka-reader.ts'
import type { Environment } from './environment.ts'

/** All messages of the topic, of which there must be so many, ordered by partition and offset. */
export async function readTopic({ kafka, admin }: Environment, topic: string, count: number): Promise<TopicRecord[]> {
  const { start } = await offsetBounds(admin, topic)
  const records: TopicRecord[] = []
  const reader = await readTopics(kafka, new Map([[topic, start]]), (record) => records.push(record))
  try {
    await reader.catchUp()
  } finally {
    await reader.close()
  }
  if (records.length !== count) throw new Error(`${topic} holds ${records.length} messages, not ${count}`)
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}
