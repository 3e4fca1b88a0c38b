/**
 * Readings of sensors: this machine's own once a second, or, with a seed, those of a made-up plant with known faults.
 * Each is judged by those before it: here as it comes, and in spark/sensor_anomalies.sql when its minute is over.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { days, minutes } from '../src/core/pipeline.ts'
import { robustScore, spreadOf } from '../src/core/robust-score.ts'

const reading = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  sensor: v.pipe(v.string(), v.nonEmpty()),
  kind: v.string(),
  unit: v.string(),
  value: v.pipe(v.number(), v.finite()),
  at: v.pipe(v.string(), v.isoTimestamp()),
})

const readingFields = [
  { name: 'id', type: 'string' },
  { name: 'sensor', type: 'string' },
  { name: 'kind', type: 'string' },
  { name: 'unit', type: 'string' },
  { name: 'value', type: 'double' },
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
] as const

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
      fields: readingFields,
    },
    key: ({ sensor }) => sensor,
    partitions: 3,
    retentionMs: days(3),
  },
  process: {
    topic: {
      name: 'readings_judged',
      schema: {
        type: 'record',
        name: 'JudgedReading',
        namespace: 'sluice.iot',
        fields: [
          ...readingFields,
          { name: 'anomaly', type: ['null', 'string'], default: null },
          { name: 'score', type: ['null', 'double'], default: null },
        ],
      },
      key: ({ sensor }) => sensor,
      partitions: 3,
      retentionMs: days(3),
    },
    // 30 sensors in a partition, once a second.
    window: { eventTime: ({ at }) => at, ms: minutes(5), reach: 9_000 },
    apply: (judged, earlier) => ({ ...judged, ...judgement(judged, earlier) }),
    alert: ({ anomaly, score, sensor, kind, unit, value, at }) =>
      anomaly === null ? null : { anomaly, score, sensor, kind, unit, value, at: new Date(at).toISOString() },
  },
  tables: [
    {
      name: 'readings_by_sensor',
      partitionKey: ['sensor', 'hour'],
      clusteringColumns: ['at'],
      clusteringOrder: 'descending',
      columns: {
        sensor: 'text',
        hour: 'text',
        at: 'timestamp',
        kind: 'text',
        unit: 'text',
        value: 'double',
        anomaly: 'text',
        score: 'double',
      },
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
      rows: ({ id, anomaly, score, ...read }) => [read],
    },
  ],
  analytics: [
    {
      name: 'sensor_statistics',
      sources: { readings: { topic: 'sensor_readings', eventTime: 'at', watermark: '1 minute' } },
      window: { size: '1 minute' },
      outputMode: 'update',
      result: {
        columns: {
          sensor: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          readings: 'bigint',
          lowest: 'double',
          highest: 'double',
          mean: 'double',
          deviation: 'double',
          median: 'double',
        },
        partitionKey: ['sensor'],
        clusteringColumns: ['window_start'],
        ttlSeconds: days(30) / 1_000,
        partitions: 3,
        retentionMs: days(7),
      },
    },
    {
      name: 'sensor_anomalies',
      sources: { readings: { topic: 'sensor_readings', eventTime: 'at', watermark: '1 minute' } },
      // A window judges the readings of its last minute, each by the five minutes before it.
      window: { size: '6 minutes', slide: '1 minute' },
      outputMode: 'append',
      result: {
        columns: {
          sensor: 'text',
          at: 'timestamp',
          anomaly: 'text',
          score: 'double',
          value: 'double',
          median: 'double',
        },
        partitionKey: ['sensor'],
        clusteringColumns: ['at'],
        ttlSeconds: days(30) / 1_000,
        partitions: 3,
        retentionMs: days(7),
      },
    },
  ],
})

type Reading = { readonly kind: string; readonly value: number; readonly at: number }

/** Fewer readings say nothing of what is usual. */
const leastReadings = 30
const highestScore = 5
/** Sensors are read once a second. */
const silenceMs = 10_000
/** So many readings of the same value in a row; one more than noise gives. */
const stuckReadings = 10
/** Below such a spread nobody cares: percent and bytes a second of a machine that rests. */
const restingSpread: Readonly<Record<string, number>> = { load: 1, traffic: 100_000 }

/**
 * What is wrong with a reading, by the readings of its sensor in the five minutes before it. `silent`: none came for ten
 * seconds; `outlier`: its robust z-score is above 5; `stuck`: it and the nine before are the same, and a sensor
 * that varies gave them. The score is null where there are too few readings to judge by.
 */
function judgement(reading: Reading, earlier: readonly Reading[]): { anomaly: string | null; score: number | null } {
  const latest = earlier.at(-1)
  if (latest === undefined || earlier.length < leastReadings) return { anomaly: null, score: null }
  const spread = spreadOf(earlier.map(({ value }) => value))
  const leastMad = restingSpread[reading.kind] ?? 0.001 * Math.abs(spread.median) + 0.001
  const score = robustScore(reading.value, spread, leastMad)
  const isSame = ({ value }: Reading) => value === reading.value
  const isStuck = reading.value !== 0 && spread.mad > leastMad && earlier.slice(1 - stuckReadings).every(isSame)
  if (reading.at - latest.at >= silenceMs) return { anomaly: 'silent', score }
  if (score > highestScore) return { anomaly: 'outlier', score }
  return { anomaly: isStuck ? 'stuck' : null, score }
}
