/**
 * Records put on the users pipeline's first topic by hand, as a run of their own in the ledger.
 */
import { pipeline } from '../../pipelines/users.ts'
import type { OutgoingRecord, RecordProducer } from '../../src/connect/kafka-producer.ts'
import { avroCodec } from '../../src/core/avro-codec.ts'
import { frame, type SchemaId } from '../../src/core/wire-format.ts'
import type { Clients } from '../../src/operations/clients.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { publishedRanges } from '../../src/runtime/publish.ts'

/** A synthesized user as the source topic has it. */
export const user = {
  id: '00000000-0000-4000-8000-000000000001',
  first_name: 'Ada',
  last_name: 'Example',
  gender: 'female',
  address: '1 Example Street, Sampleton, Nowhere, Utopia',
  post_code: '00001',
  email: 'ada@example.org',
  username: 'ada1',
  dob: '1990-01-01T00:00:00.000Z',
  registered_date: '2020-01-01T00:00:00.000Z',
  phone: '000',
  picture: 'https://example.org/1.jpg',
  country: 'Utopia',
  nationality: 'UT',
}

/** A user's record, framed with any schema id. */
export function userRecord(schemaId: SchemaId, fields: Partial<typeof user>, timestamp: number): OutgoingRecord {
  const value = { ...user, ...fields }
  return {
    key: value.id,
    value: frame(schemaId, avroCodec(pipeline.topic.schema).encode(value)),
    headers: {},
    timestamp,
  }
}

/** Publishes records as a run and returns where they stand, in order. */
export async function publishAsRun(
  runId: string,
  records: readonly OutgoingRecord[],
  producer: RecordProducer,
  { cassandra }: Clients,
) {
  const ledger = ledgerOf(cassandra, pipeline.name)
  const startedAt = Math.min(...records.map(({ timestamp }) => timestamp))
  const none = { cursorBefore: null, cursorAfter: null, fetchMs: 0, publishMs: 0, error: null }
  const run = { id: runId, scheduledAt: startedAt, startedAt, fetched: records.length, ...none }
  const positions = await producer.send(pipeline.topic.name, records)
  const ids = records.map(({ key }) => String(key))
  for (const range of publishedRanges(pipeline.topic.name, positions, ids)) await ledger.savePublished(runId, range)
  await ledger.save({ ...run, state: 'succeeded', finishedAt: Date.now() })
  return positions
}
