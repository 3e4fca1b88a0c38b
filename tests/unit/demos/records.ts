/**
 * Values as a demo reads them from a topic.
 */
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import type { DemoRecord } from '../../../src/demos/demo.ts'

/** One record for each value; Kafka's time is `timestamp` of all of them. */
export function recordsOf(values: readonly AvroRecord[], timestamp = 0): DemoRecord[] {
  return values.map((value, offset) => ({ value, timestamp, partition: 0, offset }))
}
