/**
 * A topic of the source's own cluster as on-failure destination: one message a record, with the record in it.
 */

import type { OutgoingRecord, RecordProducer } from '../../connect/kafka-producer.ts'
import type { OnFailureDestination } from './destination.ts'
import { type FailureContext, recordFailure } from './failure-record.ts'

/** The destination for a topic. A message has the key of its record; one without goes to partitions in turn. */
export function kafkaDestination(
  producer: RecordProducer,
  topic: string,
  context: FailureContext,
): OnFailureDestination {
  return {
    async send(discarded) {
      const now = new Date()
      const messages = discarded.batch.flatMap(({ partition, records }) =>
        records.map((record): OutgoingRecord => {
          const failure = recordFailure({ ...discarded, batch: [{ partition, records: [record] }] }, context, now)
          return { key: record.key, value: Buffer.from(JSON.stringify(failure)), headers: {}, timestamp: now.getTime() }
        }),
      )
      await producer.send(topic, messages)
    },
    close: () => producer.disconnect(),
  }
}
