/**
 * Readings of sensors: this machine's own once a second, or, with a seed, those of a made-up plant with known faults.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { days } from '../src/core/pipeline.ts'

const reading = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  sensor: v.pipe(v.string(), v.nonEmpty()),
  kind: v.string(),
  unit: v.string(),
  value: v.pipe(v.number(), v.finite()),
  at: v.pipe(v.string(), v.isoTimestamp()),
})

/** How many readings a request asks for, which a run that wants so many more makes. */
const pageSize = (limit: number) => Math.min(limit, 500)

export const pipeline = definePipeline({
  name: 'iot',
  source: {
    url: null,
    bundled: '/iot',
    schedule: 'rate(1 minute)',
    recordsPerRun: 1_000,
    emptyRuns: 'expected',
    request: ({ cursor, limit, seed }) => ({
      query: {
        limit: pageSize(limit),
        ...(cursor ? { after: cursor.after ?? '' } : {}),
        ...(seed === null ? {} : { seed }),
      },
    }),
    response: v.object({ readings: v.array(v.unknown()), next: v.string() }),
    read: ({ readings, next }, { limit }) => ({
      values: readings,
      cursor: { after: next },
      ...(readings.length < pageSize(limit) ? { last: true } : {}),
    }),
    value: reading,
    record: ({ at, ...rest }) => ({ ...rest, at: Date.parse(at) }),
    id: ({ id }) => id,
  },
  topic: {
    name: 'sensor_readings',
    schema: {
      type: 'record',
      name: 'Reading',
      namespace: 'sluice.iot',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'sensor', type: 'string' },
        { name: 'kind', type: 'string' },
        { name: 'unit', type: 'string' },
        { name: 'value', type: 'double' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      ],
    },
    key: ({ sensor }) => sensor,
    partitions: 3,
    retentionMs: days(3),
  },
  tables: [
    {
      name: 'readings_by_sensor',
      partitionKey: ['sensor', 'hour'],
      clusteringColumns: ['at'],
      clusteringOrder: 'descending',
      columns: { sensor: 'text', hour: 'text', at: 'timestamp', kind: 'text', unit: 'text', value: 'double' },
      ttlSeconds: days(30) / 1_000,
      rows: ({ id, ...read }) => [{ ...read, hour: new Date(read.at).toISOString().slice(0, 13) }],
    },
    {
      // The one that was published last: a sensor's readings come in the order in which it took them.
      name: 'latest_readings',
      partitionKey: ['sensor'],
      clusteringColumns: [],
      columns: { sensor: 'text', at: 'timestamp', kind: 'text', unit: 'text', value: 'double' },
      ttlSeconds: days(30) / 1_000,
      rows: ({ id, ...read }) => [read],
    },
  ],
})
