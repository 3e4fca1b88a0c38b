/**
 * What the compiler accepts and refuses of a pipeline definition. Each refusal stands behind `@ts-expect-error`, so that
 * a definition that becomes acceptable is an error here.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { definePipeline } from '../../src/core/define-pipeline.ts'
import { incremental } from '../../src/core/incremental.ts'
import { cursorInBody, pageNumber } from '../../src/core/pagination.ts'
import { secret } from '../../src/core/secret.ts'

declare const page: StandardSchemaV1<unknown, { items: unknown[] }>
declare const value: StandardSchemaV1<unknown, { id: string; amount: number }>

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
} as const

const source = {
  url: 'https://example.com/',
  schedule: 'rate(1 minute)',
  recordsPerRun: 10,
  request: () => ({ query: {} }),
  response: page,
  read: ({ items }: { items: unknown[] }) => ({ values: items, cursor: null }),
  value,
  record: ({ id, amount }: { id: string; amount: number }) => ({ id, amount, note: null }),
} as const

const topic = { name: 'orders', schema: order, partitions: 1, retentionMs: 1 } as const
const table = { name: 'orders', partitionKey: ['id'], clusteringColumns: [], ttlSeconds: null } as const
const columns = { id: 'text', amount: 'double', note: 'text' } as const

/** Everything fits, with and without a process stage. */
export const accepted = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})

export const acceptedWithProcess = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  process: {
    topic: {
      name: 'totals',
      schema: {
        type: 'record',
        name: 'Total',
        fields: [
          { name: 'id', type: 'string' },
          { name: 'total', type: 'long' },
        ],
      },
      key: (total) => total.id,
      partitions: 1,
      retentionMs: 1,
    },
    apply: ({ id, amount }) => (amount > 0 ? { id, total: Math.round(amount) } : null),
  },
  tables: [{ ...table, columns: { id: 'text', total: 'bigint' }, rows: (total) => [total] }],
})

const { request: _, read: __, ...unpaged } = source
type Changed = { id: string; changed: string }
declare const changes: StandardSchemaV1<unknown, { changes: Changed[]; after: string | null }>

/** A kind of paging takes the place of `request` and `read`. */
export const acceptedIncremental = definePipeline({
  name: 'orders',
  source: {
    ...unpaged,
    headers: { accept: 'application/json', authorization: secret('orders/key') },
    response: changes,
    ...incremental({
      pages: cursorInBody({
        parameter: 'after',
        values: (answer: { changes: Changed[]; after: string | null }) => answer.changes,
        next: ({ after }) => after,
      }),
      since: (ms) => (ms === null ? {} : { since: new Date(ms).toISOString() }),
      time: ({ changed }: Changed) => Date.parse(changed),
      id: ({ id }) => id,
      overlapMs: 60_000,
    }),
  },
  topic: { ...topic, key: (record) => record.id },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})

export const pagesOfAnotherAnswer = definePipeline({
  name: 'orders',
  // @ts-expect-error: the answer has no "results"
  source: {
    ...unpaged,
    ...pageNumber({ parameter: 'page', first: 1, values: (answer: { results: unknown[] }) => answer.results }),
  },
  topic: { ...topic, key: (record) => record.id },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})

export const wrongKeyColumn = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: "idd" is no column
  tables: [{ ...table, partitionKey: ['idd'], columns, rows: (record) => [record] }],
})

export const wrongClusteringColumn = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: "at" is no column
  tables: [{ ...table, clusteringColumns: ['at'], columns, rows: (record) => [record] }],
})

export const unknownColumnType = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: "money" is no CQL type
  tables: [{ ...table, columns: { id: 'text', amount: 'money' }, rows: ({ id, amount }) => [{ id, amount }] }],
})

export const unknownField = definePipeline({
  name: 'orders',
  source,
  // @ts-expect-error: the schema has no field "number"
  topic: { ...topic, key: (record) => record.number },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})

export const keyIsNoText = definePipeline({
  name: 'orders',
  source,
  // @ts-expect-error: a key is text
  topic: { ...topic, key: (record) => record.amount },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})

export const cellOfWrongType = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: "amount" is a number, the column is text
  tables: [{ ...table, columns: { ...columns, amount: 'text' }, rows: (record) => [record] }],
})

export const missingCell = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: a row names every column
  tables: [{ ...table, columns, rows: ({ id, amount }) => [{ id, amount }] }],
})

export const fieldWithoutColumn = definePipeline({
  name: 'orders',
  source,
  topic: { ...topic, key: (record) => record.id },
  // @ts-expect-error: "note" would be lost
  tables: [{ ...table, columns: { id: 'text', amount: 'double' }, rows: (record) => [record] }],
})

export const recordDoesNotFitSchema = definePipeline({
  name: 'orders',
  // @ts-expect-error: "note" is missing from the record
  source: { ...source, record: ({ id, amount }: { id: string; amount: number }) => ({ id, amount }) },
  topic: { ...topic, key: (record) => record.id },
  tables: [{ ...table, columns, rows: (record) => [record] }],
})
