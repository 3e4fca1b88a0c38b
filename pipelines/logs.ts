/**
 * Logs of the stack itself: what Kafka, Cassandra, the registry, the emulator and the functions write, by service and hour.
 * A line that its service would not write becomes a dead letter.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { days } from '../src/core/pipeline.ts'

const entry = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  service: v.pipe(v.string(), v.nonEmpty()),
  at: v.pipe(v.string(), v.isoTimestamp()),
  level: v.picklist(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']),
  logger: v.string(),
  message: v.string(),
})

/** How many entries a request asks for, which a run that wants so many more makes. */
const pageSize = (limit: number) => Math.min(limit, 500)

/** Files are read one beside the other, and a line waits in them until the next run. */
const logEntries = { topic: 'log_entries', eventTime: 'at', watermark: '10 minutes' } as const

const kept = { ttlSeconds: days(14) / 1_000, partitions: 3, retentionMs: days(3) } as const

export const pipeline = definePipeline({
  name: 'logs',
  source: {
    url: null,
    bundled: '/logs',
    schedule: 'rate(1 minute)',
    recordsPerRun: 2_000,
    emptyRuns: 'expected',
    request: ({ cursor, limit }) => ({
      query: { limit: pageSize(limit), ...(cursor ? { after: cursor.after ?? '' } : {}) },
    }),
    response: v.object({ entries: v.array(v.unknown()), next: v.string() }),
    // A run writes log entries itself: it ends with those there were, and leaves its own to the next.
    read: ({ entries, next }, { limit }) => ({
      values: entries,
      cursor: { after: next },
      ...(entries.length < pageSize(limit) ? { last: true } : {}),
    }),
    value: entry,
    record: ({ at, ...rest }) => ({ ...rest, at: Date.parse(at) }),
    id: ({ id }) => id,
  },
  topic: {
    name: 'log_entries',
    schema: {
      type: 'record',
      name: 'LogEntry',
      namespace: 'sluice.logs',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'service', type: 'string' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'level', type: 'string' },
        { name: 'logger', type: 'string' },
        { name: 'message', type: 'string' },
      ],
    },
    key: ({ service }) => service,
    partitions: 3,
    retentionMs: days(3),
  },
  tables: [
    {
      name: 'logs_by_service',
      partitionKey: ['service', 'hour'],
      clusteringColumns: ['at', 'id'],
      clusteringOrder: 'descending',
      columns: {
        service: 'text',
        hour: 'text',
        at: 'timestamp',
        id: 'text',
        level: 'text',
        logger: 'text',
        message: 'text',
      },
      ttlSeconds: days(14) / 1_000,
      rows: (log) => [{ ...log, hour: new Date(log.at).toISOString().slice(0, 13) }],
    },
  ],
  analytics: [
    {
      name: 'log_levels',
      sources: { logs: logEntries },
      window: { size: '1 minute' },
      outputMode: 'update',
      result: {
        columns: {
          service: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          total: 'bigint',
          traces: 'bigint',
          debugs: 'bigint',
          infos: 'bigint',
          warnings: 'bigint',
          errors: 'bigint',
          fatals: 'bigint',
          error_rate: 'double',
        },
        partitionKey: ['service'],
        clusteringColumns: ['window_start'],
        ...kept,
      },
    },
    {
      // Each minute beside the nine before it.
      name: 'error_spikes',
      sources: { logs: logEntries },
      window: { size: '10 minutes', slide: '1 minute' },
      outputMode: 'update',
      result: {
        columns: {
          service: 'text',
          minute_start: 'timestamp',
          minute_end: 'timestamp',
          errors: 'bigint',
          errors_before: 'bigint',
          is_spike: 'boolean',
        },
        partitionKey: ['service'],
        clusteringColumns: ['minute_start'],
        ...kept,
      },
    },
    {
      name: 'log_messages',
      sources: { logs: logEntries },
      window: { size: '10 minutes' },
      outputMode: 'update',
      result: {
        columns: {
          service: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          level: 'text',
          fingerprint: 'text',
          total: 'bigint',
        },
        partitionKey: ['service'],
        clusteringColumns: ['window_start', 'level', 'fingerprint'],
        ...kept,
      },
    },
  ],
})
