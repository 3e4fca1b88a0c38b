/**
 * The clickstream of a shop: what users view, put into carts and buy. Events of robots are filtered.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { days } from '../src/core/pipeline.ts'

const time = v.pipe(v.string(), v.isoTimestamp())
const cents = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const click = v.object({
  id: v.pipe(v.string(), v.uuid()),
  session_id: v.pipe(v.string(), v.uuid()),
  user_id: v.pipe(v.string(), v.nonEmpty()),
  type: v.picklist(['view', 'cart', 'purchase']),
  page: v.string(),
  product: v.nullable(v.object({ id: v.string(), category: v.string(), price_cents: cents })),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)),
  user_agent: v.string(),
  occurred_at: time,
  received_at: time,
})

/** Tools mask what has this tag: what tells one visitor from another is personal, though nobody's name is in it. */
const personal = { 'confluent:tags': ['PII'] } as const

const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const

const common = [
  { name: 'id', type: 'string' },
  { name: 'session_id', type: 'string', ...personal },
  { name: 'user_id', type: 'string', ...personal },
  { name: 'type', type: 'string' },
  { name: 'page', type: 'string' },
  { name: 'product_id', type: ['null', 'string'], default: null },
  { name: 'category', type: ['null', 'string'], default: null },
  { name: 'quantity', type: 'int' },
  { name: 'occurred_at', type: timestamp },
] as const

/** Largest page that one request asks for. */
const pageSize = 500

const userAgentOfRobots = /bot|crawl|spider/i

/** One event of a minute comes an hour late, and none later. */
const shopEvents = { topic: 'shop_events', eventTime: 'occurred_at', watermark: '65 minutes' } as const

const kept = { ttlSeconds: days(90) / 1_000, partitions: 3, retentionMs: days(7) } as const

export const pipeline = definePipeline({
  name: 'clickstream',
  source: {
    url: null,
    bundled: '/clickstream',
    schedule: 'rate(1 minute)',
    recordsPerRun: 200,
    request: ({ cursor, limit, seed }) => ({
      query: {
        limit: Math.min(limit, pageSize),
        after: cursor?.after ?? 0,
        ...(seed === null ? {} : { seed }),
      },
    }),
    response: v.object({ events: v.array(v.unknown()), next: v.string() }),
    read: ({ events, next }) => ({ values: events, cursor: { after: next } }),
    value: click,
    record: ({ product, occurred_at, received_at, ...rest }) => ({
      ...rest,
      product_id: product?.id ?? null,
      category: product?.category ?? null,
      price_cents: product?.price_cents ?? 0,
      occurred_at: Date.parse(occurred_at),
      received_at: Date.parse(received_at),
    }),
    id: ({ id }) => id,
  },
  topic: {
    name: 'clicks',
    schema: {
      type: 'record',
      name: 'Click',
      namespace: 'sluice.clickstream',
      fields: [
        ...common,
        { name: 'price_cents', type: 'long' },
        { name: 'user_agent', type: 'string', ...personal },
        { name: 'received_at', type: timestamp },
      ],
    },
    key: ({ user_id }) => user_id,
    partitions: 6,
    retentionMs: days(7),
  },
  process: {
    topic: {
      name: 'shop_events',
      schema: {
        type: 'record',
        name: 'ShopEvent',
        namespace: 'sluice.clickstream',
        fields: [
          ...common,
          { name: 'day', type: 'string' },
          { name: 'revenue_cents', type: 'long' },
          { name: 'late_ms', type: 'long' },
        ],
      },
      key: ({ user_id }) => user_id,
      partitions: 6,
      retentionMs: days(7),
    },
    apply: ({ price_cents, user_agent, received_at, ...event }) => {
      if (userAgentOfRobots.test(user_agent)) return null
      return {
        ...event,
        day: new Date(event.occurred_at).toISOString().slice(0, 10),
        revenue_cents: event.type === 'purchase' ? price_cents * event.quantity : 0,
        late_ms: received_at - event.occurred_at,
      }
    },
  },
  tables: [
    {
      name: 'events_by_user',
      partitionKey: ['user_id', 'day'],
      clusteringColumns: ['occurred_at', 'id'],
      clusteringOrder: 'descending',
      columns: {
        user_id: 'text',
        day: 'text',
        occurred_at: 'timestamp',
        id: 'uuid',
        session_id: 'uuid',
        type: 'text',
        page: 'text',
        product_id: 'text',
        category: 'text',
        quantity: 'int',
        revenue_cents: 'bigint',
        late_ms: 'bigint',
      },
      ttlSeconds: days(90) / 1_000,
      rows: (event) => [event],
    },
    {
      name: 'purchases_by_day',
      partitionKey: ['day'],
      clusteringColumns: ['occurred_at', 'id'],
      clusteringOrder: 'descending',
      columns: {
        day: 'text',
        occurred_at: 'timestamp',
        id: 'uuid',
        user_id: 'text',
        product_id: 'text',
        category: 'text',
        quantity: 'int',
        revenue_cents: 'bigint',
      },
      ttlSeconds: days(365) / 1_000,
      rows: ({ session_id, type, page, late_ms, ...purchase }) => (type === 'purchase' ? [purchase] : []),
    },
  ],
  analytics: [
    {
      name: 'shop_sessions',
      sources: { events: shopEvents },
      window: { gap: '30 minutes' },
      outputMode: 'append',
      result: {
        columns: {
          user_id: 'text',
          session_start: 'timestamp',
          session_end: 'timestamp',
          events: 'bigint',
          pages: 'bigint',
          carts: 'bigint',
          purchases: 'bigint',
          revenue_cents: 'bigint',
          duration_ms: 'bigint',
        },
        partitionKey: ['user_id'],
        clusteringColumns: ['session_start'],
        ...kept,
      },
    },
    {
      name: 'shop_funnel',
      sources: { events: shopEvents },
      window: { size: '10 minutes' },
      outputMode: 'update',
      result: {
        columns: {
          day: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          views: 'bigint',
          carts: 'bigint',
          purchases: 'bigint',
          sessions_viewing: 'bigint',
          sessions_filling_carts: 'bigint',
          sessions_buying: 'bigint',
        },
        partitionKey: ['day'],
        clusteringColumns: ['window_start'],
        ...kept,
      },
    },
    {
      name: 'revenue_by_minute',
      sources: { events: shopEvents },
      window: { size: '1 minute' },
      outputMode: 'update',
      result: {
        columns: {
          day: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          purchases: 'bigint',
          items: 'bigint',
          revenue_cents: 'bigint',
        },
        partitionKey: ['day'],
        clusteringColumns: ['window_start'],
        ...kept,
      },
    },
    {
      name: 'page_views',
      sources: { events: shopEvents },
      window: { size: '10 minutes' },
      outputMode: 'update',
      result: {
        columns: { window_start: 'timestamp', window_end: 'timestamp', page: 'text', views: 'bigint' },
        partitionKey: ['window_start'],
        clusteringColumns: ['page'],
        ...kept,
      },
    },
  ],
})
