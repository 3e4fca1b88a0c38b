/**
 * Synthesized records for the users pipeline's first topic, framed with any schema id.
 */
import { pipeline } from '../../pipelines/users.ts'
import type { OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import { frame, type SchemaId } from '../../src/core/wire-format.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'

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
