/**
 * In-memory stand-ins for the ports of the handlers, and events of records for them.
 */
import { type Client, errors, types } from 'cassandra-driver'
import type { OutgoingRecord, RecordProducer } from '../../../src/connect/kafka-producer.ts'
import type { SchemaRegistry } from '../../../src/connect/schema-registry.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import type { AvroRecordSchema } from '../../../src/core/avro-schema.ts'
import { selectKeyspacesTables } from '../../../src/core/cql.ts'
import type { FunctionEnvironment } from '../../../src/core/environment.ts'
import { SluiceError } from '../../../src/core/errors.ts'
import type { KafkaEvent, KafkaEventRecord } from '../../../src/core/kafka-event.ts'
import { frame, type SchemaId } from '../../../src/core/wire-format.ts'
import type { Connections } from '../../../src/runtime/connections.ts'
import { logger } from '../../../src/runtime/logging.ts'
import type { ProcessConnections } from '../../../src/runtime/process-connections.ts'
import { avroCodec } from '../../fixtures/avro-codec.ts'

logger.setLogLevel('SILENT')

/** One call of `send`. */
export type Sent = { readonly topic: string; readonly records: readonly OutgoingRecord[] }

/** A producer that keeps what it is given; topics in `failing` are not acknowledged. */
export function fakeProducer() {
  const sent: Sent[] = []
  const failing = new Set<string>()
  const next = new Map<string, number>()
  const producer: RecordProducer = {
    async send(topic, records) {
      if (records.length === 0) return []
      if (failing.has(topic)) throw new SluiceError('KAFKA_UNAVAILABLE', `no acknowledgement for ${topic}`)
      sent.push({ topic, records })
      return records.map((_, index) => {
        const partition = index % 2
        const offset = next.get(`${topic}/${partition}`) ?? 100
        next.set(`${topic}/${partition}`, offset + 1)
        return { partition, offset }
      })
    },
    async disconnect() {},
  }
  return {
    producer,
    sent,
    failing,
    to: (topic: string) => sent.filter((each) => each.topic === topic).flatMap(({ records }) => records),
  }
}

/** A registry that holds schemas by id; while `down` is true it does not answer. */
export function fakeRegistry(schemas: readonly AvroRecordSchema[]) {
  const texts = schemas.map((schema) => JSON.stringify(schema))
  const state = { down: false, calls: 0 }
  const answer = <T>(value: T | undefined, what: string): T => {
    state.calls += 1
    if (state.down) throw new SluiceError('REGISTRY_UNAVAILABLE', 'the registry did not answer')
    if (value === undefined) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no ${what}`)
    return value
  }
  const registry: SchemaRegistry = {
    registeredSchema: async (id) => ({ text: await registry.schemaById(id), dataFormat: 'AVRO' }),
    schemaById: async (id) => answer(texts[Number(id) - 1], `schema with id ${id}`),
    idOf: async (subject, schema) => answer(texts.indexOf(schema) + 1 || undefined, `schema of ${subject}`),
    register: async (subject, schema) => answer(texts.indexOf(schema) + 1 || undefined, `schema of ${subject}`),
    versions: async () => answer(texts, 'versions'),
    setCompatibility: async () => {},
    latestId: async () => answer(texts.length || null, 'schema'),
    subjects: async () => answer([], 'subjects'),
  }
  return { registry, state }
}

/** A statement as the driver gets it. */
export type Statement = { readonly query: string; readonly params: readonly unknown[] }

/** The row that a statement finds: with a condition, that which keeps it from being applied. */
export type Found = (query: string, params: readonly unknown[]) => object | null

/** A driver that keeps the statements it is given; `refuse` answers with the error of those it refuses. */
export function fakeCassandra(refuse: (statement: Statement) => Error | null = () => null, found: Found = () => null) {
  const written: Statement[] = []
  const batches: number[] = []
  const run = (statements: readonly Statement[]) => {
    for (const statement of statements) {
      const error = refuse(statement)
      if (error) throw error
    }
    written.push(...statements)
  }
  const client = {
    async execute(query: string, params: readonly unknown[]) {
      if (query.includes('system_schema.columns')) return { rows: columnsOfAnyTable }
      if (query === selectKeyspacesTables) throw invalidQuery
      run([{ query, params }])
      const row = found(query, params)
      return { rows: [], first: () => row, wasApplied: () => row === null }
    },
    async batch(statements: readonly Statement[]) {
      batches.push(statements.length)
      run(statements)
    },
  }
  return { client: client as unknown as Client, written, batches }
}

/** What Cassandra says to a question about a keyspace that it does not have. */
const invalidQuery = new errors.ResponseError(types.responseErrorCodes.invalid, 'keyspace does not exist')

const columnsOfAnyTable = ['id', 'total', 'amount', 'note'].map((column_name) => ({ column_name }))

const environment: FunctionEnvironment = {
  bootstrapServers: '127.0.0.1:1',
  kafka: { kind: 'plaintext' },
  cassandra: { kind: 'cassandra', host: '127.0.0.1', port: 1, localDataCenter: 'datacenter1', secret: 'none' },
  registry: { kind: 'confluent', url: 'http://127.0.0.1:1' },
  sourceUrl: null,
}

/** Connections to the fakes. */
export function fakeConnections(
  producer: RecordProducer,
  registry: SchemaRegistry,
  cassandra: Connections['cassandra'],
  sourceUrl: string | null = null,
): ProcessConnections {
  return {
    environment: { ...environment, sourceUrl },
    producer,
    registry,
    cassandra,
    announce: async () => {},
    putEvents: async (entries) => entries.map(() => true),
    readBack: async () => {},
  }
}

/** Framed bytes of a record. */
export function framed(schemaId: SchemaId, schema: AvroRecordSchema, record: AvroRecord): Buffer {
  return frame(schemaId, avroCodec(schema).encode(record))
}

/** What a test says of a record; the rest is filled in. */
export type RecordLike = {
  readonly key?: string | null
  readonly value?: Buffer | null
  readonly partition?: number
  readonly timestamp?: number
  readonly headers?: Record<string, number[]>[]
}

/** Time of the first record of an event, ms since the epoch; the others follow a millisecond apart. */
export const firstTimestamp = 1_700_000_000_000

/** An event of records of one topic with offsets from `firstOffset` on, as a mapping sends it. */
export function eventOf(topic: string, records: readonly RecordLike[], firstOffset = 0): KafkaEvent {
  const byPartition: Record<string, KafkaEventRecord[]> = {}
  for (const [index, { key = 'k', value = null, partition = 0, timestamp, headers = [] }] of records.entries()) {
    const part = `${topic}-${partition}`
    byPartition[part] ??= []
    byPartition[part].push({
      topic,
      partition,
      offset: firstOffset + index,
      timestamp: timestamp ?? firstTimestamp + index,
      timestampType: 'CREATE_TIME',
      ...(key === null ? {} : { key: Buffer.from(key).toString('base64') }),
      ...(value === null ? {} : { value: value.toString('base64') }),
      headers,
    })
  }
  return { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1:1', records: byPartition }
}

/** The answer that names the records of one partition at these offsets. */
export function failures(topicPartition: string, offsets: readonly number[]) {
  return { batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: topicPartition, offset } })) }
}

/** Headers of an outgoing record as text; a repeated one as a list. */
export function headersOf({ headers }: OutgoingRecord): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const texts = [value].flat().map(String)
      return [name, texts.length === 1 ? String(texts[0]) : texts]
    }),
  )
}
