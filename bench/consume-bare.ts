/**
 * The least that a Node process can do: kafkajs, Avro, cassandra-driver with one statement per row, no event, no function.
 */
import { concurrent } from 'cassandra-driver'
import { connectCassandra } from '../src/connect/cassandra.ts'
import { connectKafka } from '../src/connect/kafka.ts'
import { avroDecoder } from '../src/core/avro-codec.ts'
import { upsert } from '../src/core/cql.ts'
import type { Endpoints } from '../src/core/endpoints.ts'
import { keyspace } from '../src/core/names.ts'
import type { AnyTable } from '../src/core/pipeline.ts'
import { unframe } from '../src/core/wire-format.ts'
import { writeTimeMicros } from '../src/core/write-time.ts'
import { pipeline } from './workload.ts'

/** Consumes until stopped; `onCommitted` hears how many further records are written and committed. */
export type Consume = (
  task: { readonly endpoints: Endpoints; readonly groupId: string },
  onCommitted: (records: number) => void,
) => Promise<{ stop(): Promise<void> }>

const concurrencyLevel = 256

/** A batch is what kafkajs hands over; it is committed after its last row. */
export const consumeBare: Consume = async ({ endpoints, groupId }, onCommitted) => {
  const { topic } = pipeline
  const [table] = pipeline.tables as readonly [AnyTable]
  const decoder = avroDecoder(topic.schema)
  const schema = JSON.stringify(topic.schema)
  const names = Object.keys(table.columns)
  const query = upsert(keyspace, table)
  const cassandra = connectCassandra(endpoints.cassandra)
  const kafka = connectKafka({ bootstrapServers: endpoints.kafka.bootstrapServers, clientId: 'sluice-bench' })
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  await Promise.all([cassandra.connect(), consumer.connect()])
  await consumer.subscribe({ topic: topic.name, fromBeginning: true })
  await consumer.run({
    eachBatchAutoResolve: true,
    autoCommit: false,
    async eachBatch({ batch }) {
      const values = batch.messages.map(({ value, timestamp, offset }) => {
        const user = decoder.decode(unframe(value as Buffer).payload, schema)
        return [...names.map((name) => user[name]), writeTimeMicros(Number(timestamp), Number(offset))]
      })
      await concurrent.executeConcurrent(cassandra, query, values, { concurrencyLevel, raiseOnFirstError: true })
      const offset = String(Number(batch.lastOffset()) + 1)
      await consumer.commitOffsets([{ topic: topic.name, partition: batch.partition, offset }])
      onCommitted(batch.messages.length)
    },
  })
  return {
    async stop() {
      await consumer.disconnect()
      await cassandra.shutdown()
    },
  }
}
